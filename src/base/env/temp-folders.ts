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

/** Where they are made, the best place first. */
const places: readonly string[] = ['/dev/shm', tmpdir()]

/** @throws Fault Unavailable when there is no place. */
export async function makeTempFolder(prefix: string): Promise<string> {
  for (const place of places) {
    try {
      await fs.access(place, constants.W_OK)
      return await fs.mkdtemp(join(place, `${prefix}${process.pid}.${processSpace()}.`))
    } catch {
      continue // not on this platform, or not ours to write: the next one
    }
  }
  throw new Fault('Unavailable', 'no folder for temporary files can be written', {
    hint: 'set TMPDIR to a folder that this user may write',
  })
}

/**
 * Removes what processes that are gone have left. Only folders of our own user and of our own process
 * namespace count: elsewhere the same number may be a process that lives.
 *
 * @returns How many were removed; what cannot be removed stays.
 */
export async function removeStaleFolders(among: readonly string[] = places): Promise<number> {
  const space = processSpace()
  if (space === noSpace) return 0
  let removed = 0
  for (const place of new Set(among)) {
    for (const name of await fs.readdir(place).catch(() => [])) {
      const [, pid, of] = /^lockstep-[a-z-]*-(\d+)\.(\d+)\.[A-Za-z0-9]{6}$/.exec(name) ?? []
      if (pid === undefined || of !== space || isAlive(Number(pid))) continue
      if (await isRemoved(join(place, name))) removed++
    }
  }
  return removed
}

async function isRemoved(path: string): Promise<boolean> {
  try {
    const found = await fs.lstat(path)
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false
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
