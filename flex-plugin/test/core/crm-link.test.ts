import { crmLink } from '../../src/core/crm-link.ts'

const values = { customer_ref: 'b52c6a0e', call_sid: 'CA1' }

describe('the CRM link', () => {
  it('puts the reference where the template says', () => {
    const link = crmLink(
      'https://crm.example.com/c/{customer_ref}?call={call_sid}',
      ['crm.example.com'],
      values,
    )
    expect(link).toBe('https://crm.example.com/c/b52c6a0e?call=CA1')
  })

  it('keeps a hostile value in its place', () => {
    const hostile = { customer_ref: '../../x?y=1#z', call_sid: 'javascript:alert(1)' }
    const link = crmLink('https://crm.example.com/c/{customer_ref}', ['crm.example.com'], hostile)
    expect(link).toBe('https://crm.example.com/c/..%2F..%2Fx%3Fy%3D1%23z')
  })

  it.each([
    'http://crm.example.com/{customer_ref}',
    'https://other.example.com/{customer_ref}',
    'javascript:alert(1)//{customer_ref}',
    'https://name@crm.example.com/{customer_ref}',
    'https://{customer_ref}.example.com/',
    'no address',
  ])('is not made from %s', (template) => {
    expect(crmLink(template, ['crm.example.com'], values)).toBeUndefined()
  })
})
