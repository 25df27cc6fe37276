import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` while this process alone holds the lock file. Waits for another holder that lives; takes
 * over from one that does not.
 *
 * @param waiting Called once, when somebody else holds it.
 * @throws the signal's reason, when it fires while waiting.
 */
export async function whileLocked<T>(
  path: string,
  waiting: (pid: number) => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  const own = `${path}.${process.pid}`
  writeFileSync(own, String(process.pid))
  let told = false
  for (;;) {
    if (signal?.aborted === true) {
      rmSync(own, { force: true })
      throw signal.reason
    }
    try {
      linkSync(own, path) // appears with its text, so no reader finds it empty
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = holderOf(path)
    if (holder === undefined) rmSync(path, { force: true })
    else if (!told) {
      waiting(holder)
      told = true
    }
    await sleep(500)
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
    rmSync(own, { force: true })
  }
}

/** The living process that holds it; undefined when nobody does. */
function holderOf(path: string): number | undefined {
  if (!existsSync(path)) return undefined
  const pid = Number(readFileSync(path, 'utf8'))
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined
  }
}
