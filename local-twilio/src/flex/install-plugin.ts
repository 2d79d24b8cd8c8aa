import { spawn } from 'node:child_process'
import { CallerMemoryError } from '../../../src/errors.ts'
import { childEnvironment } from '../config.ts'

/**
 * Installs the plugin's package as its lock file says, with npm's own progress on this terminal.
 *
 * @throws CM_LOCAL_SYSTEM when npm fails, whose own words are then above.
 */
export async function installPlugin(pluginFolder: string): Promise<void> {
  const isWindows = process.platform === 'win32'
  const child = spawn('npm', ['ci', '--no-fund', '--no-audit'], {
    cwd: pluginFolder,
    env: childEnvironment({}),
    stdio: 'inherit',
    // There npm is a script, which only a shell can start.
    shell: isWindows,
  })
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', resolve)
  })
  if (code === 0) return
  throw new CallerMemoryError('CM_LOCAL_SYSTEM', `npm ci in ${pluginFolder} failed; its reason is above`)
}
