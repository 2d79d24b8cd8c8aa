import * as fc from 'fast-check'
import twilio from 'twilio'
import { elementsOf, parseTwiml, textOf } from '../../../local-twilio/src/voice/parse-twiml.ts'

function reasonOf(text: string): string {
  const parsed = parseTwiml(text)
  return parsed.kind === 'malformed' ? parsed.reason : 'well-formed'
}

describe('a TwiML document', () => {
  test('becomes a tree of plain elements', () => {
    const parsed = parseTwiml(
      '<?xml version="1.0"?><!-- c --><Response><Say voice="man">A &amp; B<![CDATA[ <C>]]></Say><?pi x?><Hangup/></Response>',
    )
    expect(parsed).toEqual({
      kind: 'response',
      response: {
        name: 'Response',
        attributes: {},
        children: [
          { name: 'Say', attributes: { voice: 'man' }, children: ['A & B', ' <C>'] },
          { name: 'Hangup', attributes: {}, children: [] },
        ],
      },
    })
  })

  test.each([
    ['', /empty/],
    [' \n', /empty/],
    ['hello', /well-formed/],
    ['{"a":1}', /well-formed/],
    ['\n<?xml version="1.0"?><Response/>', /well-formed/],
    ['<Response>', /well-formed/],
    ['<Response/><Response/>', /well-formed/],
    ['<Response/>more', /well-formed/],
    ['<Response><Say>A</say></Response>', /well-formed/],
    ['<Response a=b/>', /well-formed/],
    ['<Response><Say a="1" a="2"/></Response>', /well-formed/],
    ['<Response><Say>&nbsp;</Say></Response>', /well-formed/],
    ['<!DOCTYPE r [<!ENTITY x "boo">]><Response><Say>&x;</Say></Response>', /well-formed/],
    ['<Response><Say>Q & A</Say></Response>', /ampersand/],
    ['<Response><Redirect>/next?a=1&b=2</Redirect></Response>', /ampersand/],
    ['<Response><Say voice="a<b">x</Say></Response>', /attribute/],
    ['<Response><Say loop="1" voice=\'a<b\'>x</Say></Response>', /attribute/],
    ['<Response><Say>\u0001</Say></Response>', /control/],
    ['<response/>', /root/],
    ['<html/>', /root/],
  ])('is refused when it is %j', (text, reason) => {
    expect(reasonOf(text)).toMatch(reason)
  })

  test.each([
    '\uFEFF<Response/>',
    '<Response><Say>a > b</Say></Response>',
    '<Response><Say>&#233;&#xE9;&lt;</Say></Response>',
    '<Response><!-- Q & A --><Say><![CDATA[Q & A]]></Say></Response>',
    '<Response><Say voice="a>b\'c">x = "y"</Say><Say>z</Say></Response>',
  ])('is accepted when it is %j', (text) => {
    expect(reasonOf(text)).toBe('well-formed')
  })

  test('built by the twilio library gives back every text that was put in', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !/\p{C}/u.test(value))
    fc.assert(
      fc.property(text, (said) => {
        const response = new twilio.twiml.VoiceResponse()
        response.say(said)
        const parsed = parseTwiml(response.toString())
        if (parsed.kind === 'malformed') throw new Error(parsed.reason)
        const [say] = elementsOf(parsed.response)
        expect(say && textOf(say)).toBe(said.replace(/\s+/g, ' ').trim())
      }),
    )
  })
})
