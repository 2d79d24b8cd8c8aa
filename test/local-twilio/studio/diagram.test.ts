import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { drawFlow } from '../../../local-twilio/src/studio/diagram/draw.ts'
import { layOut } from '../../../local-twilio/src/studio/diagram/layout.ts'
import { flowWith, ownFlow, readable, widget } from './flows.ts'
import { run, say } from './runs.ts'

const IMAGE = resolve(__dirname, '../../../docs/images/caller-memory-flow.svg')

describe('the diagram of a flow', () => {
  const flow = readable(ownFlow('caller-memory'))

  test('is the picture in the documents', () => {
    expect(readFileSync(IMAGE, 'utf8').trim()).toBe(drawFlow(flow).trim())
  })

  test('has a box for every widget, none over another, and a line for every way', () => {
    const { boxes, lines, width, height } = layOut(flow)
    expect(boxes).toHaveLength(flow.states.length)
    const ways = flow.states.flatMap(({ name, transitions }) => transitions.map(({ next }) => [name, next]))
    expect(lines).toHaveLength(new Set(ways.filter(([, next]) => next).map(String)).size)
    for (const a of boxes) {
      expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0)
      expect(a.x + a.width / 2).toBeLessThanOrEqual(width)
      expect(a.y + a.height / 2).toBeLessThanOrEqual(height)
      for (const b of boxes) {
        const apart =
          Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2
        expect(a === b || apart).toBe(true)
      }
    }
  })

  test('shows in colour what runs have reached', async () => {
    const short = flowWith(say('hello', 'Hello', 'bye'), say('bye', 'Bye'))
    const branched = {
      ...short,
      states: [...short.states, widget('never', 'say-play', { say: '' }, { audioComplete: 'bye' })],
    }
    const picture = drawFlow(branched, [await run(short)])
    expect(picture).toContain('marker-end="url(#reached)"')
    expect(picture).toContain('marker-end="url(#missed)"')
    expect(drawFlow(short)).not.toMatch(/url\(#(?:reached|missed)\)/)
  })

  test('is well-formed whatever a flow is called', () => {
    const problems: unknown[] = []
    const hostile = { ...flowWith(say('a"<&>', 'x')), description: '</title><script>\u0000' }
    const parser = new DOMParser({ onError: (_level, message) => problems.push(message) })
    parser.parseFromString(drawFlow(hostile), 'image/svg+xml')
    expect(problems).toEqual([])
    expect(drawFlow(hostile)).not.toContain('<script>')
  })
})
