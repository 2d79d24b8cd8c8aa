import { readSettings } from '../../src/core/settings.ts'

describe('settings', () => {
  it('have defaults that work without any configuration', () => {
    const { settings, problems } = readSettings(undefined, 'caller-memory-1234.twil.io')
    expect(problems).toEqual([])
    expect(settings).toMatchObject({
      slot: 'crm',
      supervisor: true,
      popOnRing: false,
      functionsOrigin: 'https://caller-memory-1234.twil.io',
    })
  })

  it('name each bad field with the expected form, and take its default', () => {
    const { settings, problems } = readSettings({
      slot: 'left',
      supervisor: 'maybe',
      functions_domain: 'http://functions.example.com',
      crm_url: 'http://crm.example.com/{customer_ref}',
      dispositions: [{ value: 1 }],
      language: 'xx',
      sloth: 'crm',
    })
    expect(problems).toHaveLength(7)
    expect(problems.join('\n')).toMatch(/slot: expected crm, crm-add, crm-tab, tab or off/)
    expect(problems.join('\n')).toMatch(/sloth: is not a setting/)
    expect(settings).toEqual(readSettings({}).settings)
  })

  it.each([null, 'text', 7, []])('survive %j in place of an object', (raw) => {
    expect(readSettings(raw).settings).toEqual(readSettings({}).settings)
  })

  it('take plain http for the machine itself only', () => {
    const originOf = (domain: string): string | undefined =>
      readSettings({ functions_domain: domain }).settings.functionsOrigin
    expect(originOf('http://localhost:3000')).toBe('http://localhost:3000')
    expect(originOf('http://127.0.0.1:3000')).toBe('http://127.0.0.1:3000')
    expect(originOf('http://localhost.example.com')).toBeUndefined()
    expect(originOf('https://name:secret@functions.example.com')).toBeUndefined()
  })

  it('let the CRM link lead to the host of its template unless more are listed', () => {
    const template = 'https://crm.example.com/{customer_ref}'
    expect(readSettings({ crm_url: template }).settings.crmHosts).toEqual(['crm.example.com'])
    expect(readSettings({ crm_url: template, crm_hosts: ['a.example'] }).problems).toEqual([
      'crm_url: expected an address on one of crm_hosts',
    ])
  })
})
