import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a file that only its owner may read, and its folder, where they are missing. A file that is there is
 * kept and made private. SQLite gives the files it makes beside a database the same permissions.
 *
 * A file that is there is not opened: POSIX drops a process's locks on a file when it closes any handle to it.
 */
export function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (existsSync(path)) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'a', 0o600))
}
