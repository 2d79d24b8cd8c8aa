import { helpText, readCommand } from '../../../memory-server/src/cli/command.ts'

test.each([
  ['', { kind: 'serve' }],
  ['serve', { kind: 'serve' }],
  ['migrate', { kind: 'migrate' }],
  ['-h', { kind: 'help', of: '' }],
  ['keys create --help', { kind: 'help', of: 'keys create' }],
  ['verify', { kind: 'verify' }],
  ['sweep', { kind: 'sweep', isDryRun: false }],
  ['sweep --dry-run', { kind: 'sweep', isDryRun: true }],
  ['backup /srv/b', { kind: 'backup', path: '/srv/b', tombstonesOnly: false }],
  ['backup b --tombstones-only', { kind: 'backup', path: 'b', tombstonesOnly: true }],
  ['restore b', { kind: 'restore', file: 'b', tombstones: undefined }],
  ['restore b --tombstones t', { kind: 'restore', file: 'b', tombstones: 't' }],
  ['rotate', { kind: 'rotate', dropKey: undefined }],
  ['rotate --drop-key 0a1b2c3d', { kind: 'rotate', dropKey: '0a1b2c3d' }],
  ['keys create', { kind: 'create key', tenant: 'default', mode: 'test', scopes: ['calls', 'read'] }],
  [
    'keys create --tenant acme --live --scopes admin,calls',
    { kind: 'create key', tenant: 'acme', mode: 'live', scopes: ['calls', 'admin'] },
  ],
  ['keys list', { kind: 'list keys' }],
  ['keys revoke sk_live_AbCd-_12', { kind: 'revoke key', prefix: 'sk_live_AbCd-_12' }],
  ['tenants create acme-2', { kind: 'create tenant', tenant: 'acme-2' }],
  [
    'tenants set acme --variable-ttl-days 60 --intent-ttl-days default',
    { kind: 'set tenant', tenant: 'acme', change: { variable_ttl_days: 60, intent_ttl_days: null } },
  ],
  ['tenants list', { kind: 'list tenants' }],
  ['clusters', { kind: 'show clusters' }],
  ['rebalance', { kind: 'rebalance', wish: {}, isDry: false }],
  [
    'rebalance --bucket 255 --to 2 --dry-run',
    { kind: 'rebalance', wish: { only: { bucket: 255, to: 1 } }, isDry: true },
  ],
])('"%s" is understood', (line, command) => {
  expect(readCommand(line.split(' ').filter((word) => word !== ''))).toEqual(command)
})

test.each([
  'fly',
  'keys',
  'keys burn',
  'keys list now',
  'keys revoke',
  'keys revoke everything',
  'keys create a b',
  'keys create --scopes calls,write',
  'keys create --scopes calls,calls',
  'keys create --tenant Acme',
  'keys create --tenant',
  'keys create --color red',
  'keys list --live',
  'serve --tenant acme',
  'tenants create',
  'tenants create 1st',
  'tenants set acme',
  'rebalance --bucket 5',
  'rebalance --to 2',
  'rebalance --bucket 256 --to 1',
  'rebalance --bucket 5 --to 0',
  'tenants set --variable-ttl-days 60',
  'tenants set acme --variable-ttl-days 366',
  'tenants set acme --variable-ttl-days 1.5',
  'tenants set acme --intent-ttl-days none',
  'tenants set acme --intent-ttl-days 60 --live',
  'tenants list --intent-ttl-days 60',
  'tenants create a b',
  'backup',
  'restore',
  'restore b --tombstones',
  'restore b --tombstones-only',
  'rotate --drop-key',
  'rotate --drop-key everything',
])('"%s" is refused with the help text', (line) => {
  expect(() => readCommand(line.split(' '))).toThrow(/\n\nnpm run memory-server -- <command>/)
})

test('the help describes every command, or the one that was asked about', () => {
  for (const words of ['serve', 'keys create', 'tenants list', 'rotate'])
    expect(helpText()).toContain(`  ${words} `)
  expect(helpText('keys revoke')).toContain('keys revoke <prefix>')
  expect(helpText('keys revoke')).not.toContain('tenants')
})
