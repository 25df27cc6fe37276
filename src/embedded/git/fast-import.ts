import { concatBytes, utf8 } from '#base'

/** Contents of a file to commit: text, bytes, a symbolic link, or null to remove it. */
export type NewFile = string | Uint8Array | { readonly link: string } | null

export interface NewCommit {
  readonly branch: string
  /** By path; a path that is a folder is replaced by what is given. */
  readonly files: Readonly<Record<string, NewFile>>
  readonly message: string
  /** The files given are the whole tree. */
  readonly replace: boolean
  /** Commit to build on; undefined: the first of its branch. */
  readonly parent: string | undefined
  readonly author: string
  readonly seconds: number
}

/** The stream that makes one commit. Source: git-fast-import(1). */
export function fastImport(commit: NewCommit): Uint8Array {
  const parts: Uint8Array[] = []
  const line = (text: string): void => void parts.push(utf8(`${text}\n`))
  const data = (bytes: Uint8Array): void => {
    line(`data ${bytes.length}`)
    parts.push(bytes)
    line('')
  }
  line('feature done')
  line(`commit refs/heads/${commit.branch}`)
  line('mark :1')
  line(`author ${commit.author} ${commit.seconds} +0000`)
  line(`committer ${commit.author} ${commit.seconds} +0000`)
  data(utf8(commit.message))
  if (commit.parent !== undefined) line(`from ${commit.parent}`)
  if (commit.replace) line('deleteall')
  for (const [path, file] of Object.entries(commit.files)) {
    if (file === null) {
      line(`D ${quoted(path)}`)
      continue
    }
    const isLink = typeof file === 'object' && !(file instanceof Uint8Array)
    line(`M ${isLink ? '120000' : '100644'} inline ${quoted(path)}`)
    data(isLink ? utf8(file.link) : typeof file === 'string' ? utf8(file) : file)
  }
  line('get-mark :1')
  line('done')
  return concatBytes(parts)
}

function quoted(path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `"${escaped}"`
}
