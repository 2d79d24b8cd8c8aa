import { isHosted } from '../../src/memory/sticky-calls/hosted.ts'
import { startBody } from '../../src/memory/sticky-calls/wire.ts'

const HINTS = {
  callSid: `CA${'1'.repeat(32)}`,
  ani: '+12025550142',
  lineType: 'mobile',
  attestation: 'A',
  forwarded: true,
} as const

test("the network's word goes to a memory that understands it, and to no other", () => {
  expect(startBody(HINTS, 'all').telco).toEqual({ line_type: 'mobile', attestation: 'A', forwarded: true })
  expect(startBody(HINTS, 'line-type').telco).toEqual({ line_type: 'mobile' })
  expect(startBody({ callSid: HINTS.callSid, ani: HINTS.ani }, 'all')).not.toHaveProperty('telco')
})

test.each([
  ['https://api.stickycalls.com', true],
  ['https://api.stickycalls.com/', true],
  ['https://api.stickycalls.com.example.com', false],
  ['http://127.0.0.1:4010', false],
])('%s is the hosted service: %p', (baseUrl, expected) => {
  expect(isHosted(baseUrl)).toBe(expected)
})
