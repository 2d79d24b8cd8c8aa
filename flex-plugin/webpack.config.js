const { writeFileSync } = require('node:fs')
const { join } = require('node:path')

const MOST_PARTS = 15

/** Writes beside the bundle how many bytes each package brings. */
const parts = {
  apply: (compiler) => {
    compiler.hooks.done.tap('parts', ({ compilation }) => {
      const bytes = new Map()
      for (const chunkModule of compilation.modules) {
        for (const one of chunkModule.modules ?? [chunkModule]) {
          const name = partOf(one.resource ?? '')
          bytes.set(name, (bytes.get(name) ?? 0) + one.size())
        }
      }
      const largest = [...bytes].sort(([, a], [, b]) => b - a)
      const others = largest.slice(MOST_PARTS).reduce((sum, [, size]) => sum + size, 0)
      const shown = [...largest.slice(0, MOST_PARTS), ['others', others]]
      writeFileSync(join(compilation.outputOptions.path, 'parts.json'), JSON.stringify(shown))
    })
  },
}

function partOf(resource) {
  const [, name] = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(resource) ?? []
  return name ?? (resource.includes('src') ? 'this plugin' : 'webpack')
}

module.exports = (config) => ({
  ...config,
  performance: { hints: false },
  plugins: [...config.plugins, parts],
})
