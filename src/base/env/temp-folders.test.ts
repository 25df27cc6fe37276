import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realEnv } from './real.ts'
import { simEnv } from './sim.ts'
import { freshenFolders, makeTempFolder, removeStaleFolders, tendFolders } from './temp-folders.ts'

const isLinux = process.platform === 'linux'
const space = isLinux ? (/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '') : '0'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'lockstep-places-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

function left(pid: number, of = space): string {
  const path = join(place, `lockstep-render-${pid}.${of}.AbC123`)
  mkdirSync(path)
  writeFileSync(join(path, 'file'), 'x')
  return path
}

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

it('a temporary folder says whose it is', async () => {
  const made = await makeTempFolder('lockstep-some-')
  expect(basename(made)).toMatch(new RegExp(`^lockstep-some-${process.pid}\\.${space}\\.\\w{6}$`))
  rmSync(made, { recursive: true })
})

it('a temporary folder that is used is said to be, and one that is gone is not made again', async () => {
  const [used, gone] = [
    await makeTempFolder('lockstep-some-'),
    await makeTempFolder('lockstep-some-'),
  ]
  utimesSync(used, 1, 1)
  rmSync(gone, { recursive: true })
  await freshenFolders(Date.UTC(2030, 0, 1))
  expect(statSync(used).mtimeMs).toBe(Date.UTC(2030, 0, 1))
  expect(existsSync(gone)).toBe(false)
  rmSync(used, { recursive: true })
})

describe.runIf(isLinux)('what a process left behind', () => {
  it('goes when the process is gone, with all that is in it', async () => {
    const path = left(deadPid())
    expect(await removeStaleFolders([place, place, '/not/there'])).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('stays while the process lives', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const paths = [left(process.pid), left(child.pid ?? 0), left(1)]
    expect(await removeStaleFolders([place])).toBe(0)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    expect(await removeStaleFolders([place])).toBe(1)
    expect(paths.map((path) => existsSync(path))).toEqual([true, false, true])
  })

  it('of another namespace, where numbers mean other processes, goes after two hours', async () => {
    const path = left(process.pid, `${space}1`)
    const nowMs = Date.UTC(2030, 0, 1)
    const age = (ms: number): void => utimesSync(path, (nowMs - ms) / 1000, (nowMs - ms) / 1000)
    const clock = { now: () => nowMs }
    age(7_200_000)
    expect(await removeStaleFolders([place], clock)).toBe(0)
    expect(existsSync(path)).toBe(true)
    age(7_201_000)
    expect(await removeStaleFolders([place], clock)).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('goes also while we run, once it is old enough', async () => {
    const path = left(process.pid, `${space}1`)
    const mine = await makeTempFolder('lockstep-some-')
    const clock = simEnv(1, { startMs: statSync(path).mtimeMs }).clock
    tendFolders(clock, [place])
    await clock.advance(7_100_000)
    expect(existsSync(path)).toBe(true)
    await clock.advance(1_300_000)
    await expect.poll(() => existsSync(path)).toBe(false)
    await expect.poll(() => statSync(mine).mtimeMs).toBeGreaterThan(Date.now() + 1_000_000)
    rmSync(mine, { recursive: true })
  })

  it('of no namespace that is known stays, however old', async () => {
    const path = left(deadPid(), '0')
    utimesSync(path, 1, 1)
    expect(await removeStaleFolders([place])).toBe(0)
    expect(existsSync(path)).toBe(true)
  })

  it('is not followed where it leads elsewhere, and what is named otherwise is not ours', async () => {
    const mine = join(place, 'mine')
    mkdirSync(mine)
    symlinkSync(mine, join(place, `lockstep-render-${deadPid()}.${space}.AbC123`))
    mkdirSync(join(place, `other-${deadPid()}.${space}.AbC123`))
    mkdirSync(join(place, 'lockstep-git-AbC123'))
    expect(await removeStaleFolders([place])).toBe(0)
    expect(existsSync(mine)).toBe(true)
  })
})

it.runIf(isLinux)('the first folder that a process makes sweeps what is left', async () => {
  const stale = join(tmpdir(), `lockstep-swept-${deadPid()}.${space}.AbC123`)
  mkdirSync(stale)
  const { fs } = realEnv()
  const made = await fs.makeTempFolder('lockstep-some-')
  expect(existsSync(stale)).toBe(false)
  await fs.remove(made)
})
