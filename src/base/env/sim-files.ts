import { utf8 } from '../bytes.ts'
import { Fault } from '../fault.ts'
import type { Clock, FileInfo, Files } from './env.ts'

interface Entry {
  readonly bytes: Uint8Array | undefined // undefined: a folder
  readonly modifiedMs: number
}

/** Files in memory, with absolute paths. */
export class MemoryFiles implements Files {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  #temporary = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#entries.set('/', { bytes: undefined, modifiedMs: 0 })
    this.#folder('/tmp')
  }

  read(path: string, options: { readonly maxBytes?: number } = {}): Promise<Uint8Array | null> {
    const bytes = this.#entries.get(clean(path))?.bytes
    if (bytes === undefined) return Promise.resolve(null)
    if (bytes.length > (options.maxBytes ?? Number.POSITIVE_INFINITY)) {
      return Promise.reject(new Fault('TooLarge', `${path} has ${bytes.length} bytes`))
    }
    return Promise.resolve(bytes.slice())
  }

  write(path: string, bytes: Uint8Array | string): Promise<void> {
    const at = clean(path)
    if (!this.#entries.has(parentOf(at))) {
      return Promise.reject(new Fault('NotFound', `${path}: no such file or folder`))
    }
    const content = typeof bytes === 'string' ? utf8(bytes) : bytes.slice()
    this.#entries.set(at, { bytes: content, modifiedMs: this.#clock.now() })
    return Promise.resolve()
  }

  info(path: string): Promise<FileInfo | null> {
    const entry = this.#entries.get(clean(path))
    if (entry === undefined) return Promise.resolve(null)
    return Promise.resolve({
      kind: entry.bytes === undefined ? 'folder' : 'file',
      sizeBytes: entry.bytes?.length ?? 0,
      modifiedMs: entry.modifiedMs,
    })
  }

  list(path: string): Promise<readonly string[] | null> {
    const at = clean(path)
    const entry = this.#entries.get(at)
    if (entry === undefined || entry.bytes !== undefined) return Promise.resolve(null)
    const names = [...this.#entries.keys()]
      .filter((name) => name !== '/' && parentOf(name) === at)
      .map((name) => name.slice(name.lastIndexOf('/') + 1))
    return Promise.resolve(names.sort())
  }

  makeFolder(path: string): Promise<void> {
    this.#folder(clean(path))
    return Promise.resolve()
  }

  makeTempFolder(prefix: string): Promise<string> {
    const path = `/tmp/${prefix}${this.#temporary++}`
    this.#folder(path)
    return Promise.resolve(path)
  }

  remove(path: string): Promise<void> {
    const at = clean(path)
    for (const name of this.#entries.keys()) {
      if (name === at || name.startsWith(`${at}/`)) this.#entries.delete(name)
    }
    return Promise.resolve()
  }

  #folder(path: string): void {
    if (this.#entries.has(path)) return
    this.#folder(parentOf(path))
    this.#entries.set(path, { bytes: undefined, modifiedMs: this.#clock.now() })
  }
}

function clean(path: string): string {
  const trimmed = path.replace(/\/+/g, '/').replace(/\/$/, '')
  return trimmed === '' ? '/' : trimmed
}

function parentOf(path: string): string {
  const parent = path.slice(0, path.lastIndexOf('/'))
  return parent === '' ? '/' : parent
}
