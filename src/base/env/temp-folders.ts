/**
 * Temporary folders that only we can read, in memory where the platform can. Their names say whose they
 * are: `<prefix><process>.<process namespace>.<random>`, so that what a killed process left behind can
 * be told from what a live one uses.
 */
import { constants, readlinkSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../fault.ts'
import type { Clock } from './env.ts'
import { realClock } from './real-clock.ts'

/** Where they are made, the best place first. */
const places: readonly string[] = ['/dev/shm', tmpdir()]

/** A folder of a process that cannot be asked for is dead when nobody has said otherwise for this long. */
const deadAfterMs = 7_200_000
/** Several times before a folder is taken for dead. */
const freshMs = 1_200_000

const ours = new Set<string>()
let isTended = false

/** @throws Fault Unavailable when there is no place. */
export async function makeTempFolder(prefix: string): Promise<string> {
  for (const place of places) {
    try {
      await fs.access(place, constants.W_OK)
      const made = await fs.mkdtemp(join(place, `${prefix}${process.pid}.${processSpace()}.`))
      ours.add(made)
      if (!isTended) tendFolders(realClock)
      isTended = true
      return made
    } catch {
      continue // not on this platform, or not ours to write: the next one
    }
  }
  throw new Fault('Unavailable', 'no folder for temporary files can be written', {
    hint: 'set TMPDIR to a folder that this user may write',
  })
}

/** The folders that this process made and that are still there are of this moment. */
export async function freshenFolders(nowMs: number): Promise<void> {
  for (const path of ours) {
    const at = new Date(nowMs)
    // What cannot be touched is gone: whoever made it removed it.
    await fs.utimes(path, at, at).catch(() => ours.delete(path))
  }
}

/**
 * Every twenty minutes: our folders are said to be used, and what has become stale is removed, since what the
 * container before this one left was too young when we started.
 */
export function tendFolders(
  clock: Pick<Clock, 'now' | 'timer'>,
  among: readonly string[] = places,
): void {
  const again = (): void => {
    void freshenFolders(clock.now()).then(() => removeStaleFolders(among, clock))
    clock.timer(freshMs, again)
  }
  clock.timer(freshMs, again)
}

/**
 * Removes what processes that are gone have left. Only folders of our own user count. One of another process
 * namespace, where the same number may be a process that lives, goes when it is older than two hours, by
 * `clock`: a container that was started again has another namespace than the one before.
 *
 * @returns How many were removed; what cannot be removed stays.
 */
export async function removeStaleFolders(
  among: readonly string[] = places,
  clock: Pick<Clock, 'now'> = realClock,
): Promise<number> {
  const space = processSpace()
  if (space === noSpace) return 0
  let removed = 0
  for (const place of new Set(among)) {
    for (const name of await fs.readdir(place).catch(() => [])) {
      const [, pid, of] = /^lockstep-[a-z-]*-(\d+)\.(\d+)\.[A-Za-z0-9]{6}$/.exec(name) ?? []
      if (pid === undefined || of === noSpace) continue
      if (of === space && isAlive(Number(pid))) continue
      const beforeMs = of === space ? Infinity : clock.now() - deadAfterMs
      if (await isRemoved(join(place, name), beforeMs)) removed++
    }
  }
  return removed
}

/** Removes a folder of ours that nothing has touched since. */
async function isRemoved(path: string, beforeMs: number): Promise<boolean> {
  try {
    const found = await fs.lstat(path)
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false
    if (found.mtimeMs >= beforeMs) return false
    await fs.rm(path, { recursive: true, force: true })
    return true
  } catch {
    return false // somebody else is at it
  }
}

const noSpace = '0'

/** Tells process namespaces apart; `0` where the platform does not. */
function processSpace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? noSpace
  } catch {
    return noSpace
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not allowed to signal it: it is there.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
