// Temporary folders. Others may pass through them (not list them): under root the native server runs
// as another user, in a folder of its own further down.

import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function scratchDirectory(parent = tmpdir()) {
  const path = mkdtempSync(join(parent, 'oxbase-bench-'))
  chmodSync(path, 0o711)
  return path
}
