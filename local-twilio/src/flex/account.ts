import type { Floor } from './floor.ts'

/** The person at the desktop. */
export interface FlexUser {
  readonly workerSid: string
  readonly identity: string
  readonly roles: readonly string[]
  readonly token: string
}

const FLEX_USER_SID = `FU${'0'.repeat(32)}`

/** What the desktop keeps in the browser of somebody who has logged in, so that no login page is shown. */
export function loginOf(floor: Floor, user: FlexUser, expiresAt: Date): Readonly<Record<string, unknown>> {
  const expiration = expiresAt.toISOString()
  return {
    token: user.token,
    identity: user.identity,
    roles: user.roles,
    flexUserSid: FLEX_USER_SID,
    accountSid: floor.accountSid,
    permissions: {},
    expiration,
    accessTokenExpiresAt: expiration,
  }
}

/** Answer of the token check that Flex does at its start. */
export function tokenAnswer(user: FlexUser, expiresAt: Date): Readonly<Record<string, unknown>> {
  return {
    valid: true,
    code: 0,
    message: null,
    identity: user.identity,
    roles: user.roles,
    realm_user_id: user.identity,
    worker_sid: user.workerSid,
    workerSid: user.workerSid,
    flex_user_sid: FLEX_USER_SID,
    flexUserSid: FLEX_USER_SID,
    expiration: expiresAt.toISOString(),
  }
}

/** What of the configuration of an account is particular to this machine. */
export interface AccountSettings {
  readonly offlineActivitySid: string
  readonly queueSid: string
  readonly workflowSid: string
  /** `custom_data` of the configuration: the settings of plugins. */
  readonly customData: Readonly<Record<string, unknown>>
  /** Origin of the Functions. */
  readonly functionsUrl: string
}

const SERVICE_SID = `IS${'0'.repeat(32)}`

/**
 * The configuration of the Flex account, as far as Flex UI 2.17 reads it (observed 2026-11). It does not start
 * without `ui_attributes.version_compatibility` and `agent_conv_end_methods`.
 */
export function accountConfiguration(
  floor: Floor,
  settings: AccountSettings,
): Readonly<Record<string, unknown>> {
  return {
    account_sid: floor.accountSid,
    attributes: {},
    custom_data: settings.customData,
    call_recording_enabled: false,
    date_created: CREATED_AT,
    date_updated: CREATED_AT,
    call_recording_webhook_url: null,
    chat_service_instance_sid: SERVICE_SID,
    flex_service_instance_sid: SERVICE_SID,
    messaging_service_instance_sid: null,
    flex_instance_sid: `GO${'0'.repeat(32)}`,
    ...CRM_OFF,
    ...FEATURES_OFF,
    plugin_service_attributes: {},
    plugin_service_enabled: true,
    pluginServiceEnabled: true,
    public_attributes: {},
    runtime_domain: settings.functionsUrl,
    serverless_service_sids: [],
    service_version: '1.0.0',
    status: 'ok',
    taskrouter_offline_activity_sid: settings.offlineActivitySid,
    taskrouter_target_taskqueue_sid: settings.queueSid,
    taskrouter_target_workflow_sid: settings.workflowSid,
    taskrouter_workspace_sid: floor.workspaceSid,
    ui_attributes: { version_compatibility: 'yes' },
    ui_dependencies: {},
    ui_language: 'en',
    ui_version: '2.17.1',
    url: 'https://flex-api.twilio.com/v1/Configuration',
  }
}

// Flex does not start without dates.
const CREATED_AT = '2026-01-01T00:00:00Z'

const CRM_OFF = {
  crm_attributes: null,
  crm_callback_url: null,
  crm_enabled: false,
  crm_fallback_url: null,
  crm_type: null,
  flex_url: null,
}

const FEATURES_OFF = {
  taskrouter_skills: [],
  taskrouter_taskqueues: [],
  taskrouter_worker_attributes: {},
  taskrouter_worker_channels: {},
  agent_conv_end_methods: { enabled: [], dateUpdated: '' },
  channel_configs: [],
  citrix_voice_vdi: { enabled: false },
  debugger_integration: { enabled: false },
  features_enabled: [],
  flex_ip_personas: {},
  flex_ui_status_report: { enabled: false },
  integrations: [],
  markdown: { enabled: true, mode: 'readOnly' },
  notifications: { enabled: false, mode: 'whenNotInFocus' },
  outbound_call_flows: {},
  queue_stats_configuration: {},
}
