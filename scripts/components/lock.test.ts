import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whileLocked } from './lock.ts'

describe('a lock', () => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockstep-lock-'))
    path = join(folder, 'a.lock')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('is free again afterwards, however the work ended', async () => {
    expect(
      await whileLocked(
        path,
        () => {},
        () => Promise.resolve(1),
      ),
    ).toBe(1)
    const failing = whileLocked(
      path,
      () => {},
      () => Promise.reject(new Error('no')),
    )
    await expect(failing).rejects.toThrow('no')
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over from a process that is gone', async () => {
    writeFileSync(path, '999999999')
    expect(
      await whileLocked(
        path,
        () => {},
        () => Promise.resolve(2),
      ),
    ).toBe(2)
  })

  it('of a process that lives is waited for, and no longer than the time there is', async () => {
    writeFileSync(path, String(process.ppid))
    const stop = new AbortController()
    const told: number[] = []
    const waiting = (pid: number): void => {
      told.push(pid)
      stop.abort(new Error('out of time'))
    }
    const work = (): Promise<never> => Promise.reject(new Error('not while it is held'))
    await expect(whileLocked(path, waiting, work, stop.signal)).rejects.toThrow('out of time')
    expect(told).toEqual([process.ppid])
    expect(readdirSync(folder)).toEqual(['a.lock'])
  })
})
