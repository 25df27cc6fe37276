import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../fault.ts'
import type { FileInfo, Files } from './env.ts'
import { makeTempFolder } from './temp-folders.ts'

/** The machine's files. */
export const realFiles: Files = {
  read: async (path, options = {}) => {
    try {
      if (options.maxBytes !== undefined) {
        const { size } = await fs.stat(path)
        if (size > options.maxBytes) {
          throw new Fault(
            'TooLarge',
            `${path} has ${size} bytes; at most ${options.maxBytes} are read`,
          )
        }
      }
      return new Uint8Array(await fs.readFile(path))
    } catch (error) {
      return absentOrFault(error, path)
    }
  },
  write: async (path, bytes, options = {}) => {
    const beside = join(dirname(path), `.${randomUUID()}.partial`)
    try {
      await fs.writeFile(beside, bytes, { mode: options.mode ?? 0o644, flag: 'wx' })
      await fs.rename(beside, path)
    } catch (error) {
      await fs.rm(beside, { force: true })
      throw fileFault(error, path)
    }
  },
  info: async (path) => {
    try {
      const found = await fs.lstat(path)
      const kind: FileInfo['kind'] = found.isFile()
        ? 'file'
        : found.isDirectory()
          ? 'folder'
          : found.isSymbolicLink()
            ? 'link'
            : 'other'
      return { kind, sizeBytes: found.size, modifiedMs: found.mtimeMs }
    } catch (error) {
      return absentOrFault(error, path)
    }
  },
  list: async (path) => {
    try {
      return (await fs.readdir(path)).sort()
    } catch (error) {
      return absentOrFault(error, path)
    }
  },
  makeFolder: async (path, options = {}) => {
    try {
      await fs.mkdir(path, { recursive: true, mode: options.mode ?? 0o755 })
    } catch (error) {
      throw fileFault(error, path)
    }
  },
  makeTempFolder,
  remove: async (path) => {
    try {
      await fs.rm(path, { recursive: true, force: true })
    } catch (error) {
      throw fileFault(error, path)
    }
  },
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function absentOrFault(error: unknown, path: string): null {
  // ENOTDIR: a file stands where a folder of the path should; then the path is absent too.
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
  throw fileFault(error, path)
}

function fileFault(error: unknown, path: string): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM') {
    return new Fault('AccessDenied', `${path}: permission denied`, { cause: error })
  }
  if (code === 'ENOENT') {
    return new Fault('NotFound', `${path}: no such file or folder`, { cause: error })
  }
  if (code === 'EISDIR') return new Fault('InvalidRef', `${path} is a folder`, { cause: error })
  return new Fault('Unavailable', `${path}: ${code === '' ? 'file error' : code}`, { cause: error })
}
