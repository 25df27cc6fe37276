import { Fault, field, fromBase64, stringOf, textOf, type Env } from '#base'
import { rereadFile } from './in-cluster.ts'

const fileBytes = 4_194_304

/** One kubeconfig, and the folder that relative paths in it start at; undefined: it may name no files. */
export interface ConfigFile {
  readonly config: unknown
  readonly folder: string | undefined
}

/** A text that may change while we run, because it stands in a file of its own. */
export interface Rereadable {
  readonly isFixed: boolean
  /** The text; at most a minute old, `anew` not at all. */
  read(anew?: boolean): Promise<string>
}

/**
 * The kubeconfigs at these paths. Of several, as in `KUBECONFIG=a:b`, those that are not there are passed
 * over, as kubectl does.
 *
 * @throws Fault NotFound when there is none, InvalidSpec for one that is no YAML.
 */
export async function configFiles(
  env: Env,
  paths: readonly string[],
): Promise<readonly ConfigFile[]> {
  const found: ConfigFile[] = []
  for (const path of paths) {
    const bytes = await env.fs.read(path, { maxBytes: fileBytes })
    if (bytes === null) continue
    found.push({
      config: await parsedConfig(textOf(bytes)),
      folder: path.slice(0, path.lastIndexOf('/') + 1),
    })
  }
  if (found.length > 0) return found
  throw new Fault('NotFound', `kubeconfig ${paths.join(', ')} is not there`, {
    hint: 'set KUBECONFIG or --kubeconfig to a file that is',
  })
}

/** The parsed text of a kubeconfig. @throws Fault InvalidSpec, which quotes nothing of it. */
export async function parsedConfig(text: string): Promise<unknown> {
  const { parse } = await import('yaml') // not on the way of those who need no kubeconfig
  try {
    return parse(text, { maxAliasCount: 100, prettyErrors: false }) as unknown
  } catch {
    // The parser's own message quotes the text, in which there are keys and tokens.
    throw new Fault('InvalidSpec', 'the kubeconfig is not valid YAML')
  }
}

/** An entry of a list by its name, from the first file that has it. @throws Fault InvalidSpec. */
export function namedEntry(
  files: readonly ConfigFile[],
  list: string,
  inner: string,
  name: string,
): { readonly value: unknown; readonly file: ConfigFile } {
  for (const file of files) {
    const entries = field(file.config, list)
    const found = Array.isArray(entries)
      ? (entries as readonly unknown[]).find((entry) => field(entry, 'name') === name)
      : undefined
    const value = field(found, inner)
    if (value !== undefined) return { value, file }
  }
  throw new Fault('InvalidSpec', `the kubeconfig has no ${inner} named "${name}"`, { at: list })
}

/** The full path of a file that a kubeconfig names. @throws Fault Forbidden when it may name none. */
export function pathIn({ folder }: ConfigFile, path: string, where: string): string {
  if (folder === undefined) {
    throw new Fault('Forbidden', 'a kubeconfig from a Secret may not name files', {
      at: where,
      hint: 'put the content into the matching -data field',
    })
  }
  return path.startsWith('/') ? path : folder + path
}

/** A text that stands in `<name>-data`, which wins as in client-go, or in the file that `<name>` names. */
export async function dataOrFile(
  env: Env,
  owner: { readonly value: unknown; readonly file: ConfigFile },
  name: string,
  where: string,
): Promise<Rereadable | undefined> {
  const data = stringOf(field(owner.value, `${name}-data`))
  if (data !== undefined && data !== '') {
    const bytes = fromBase64(data)
    if (bytes === undefined) {
      throw new Fault('InvalidSpec', `${name}-data is not base64`, { at: `${where}-data` })
    }
    const text = textOf(bytes)
    return { isFixed: true, read: () => Promise.resolve(text) }
  }
  const path = stringOf(field(owner.value, name))
  if (path === undefined || path === '') return undefined
  const full = pathIn(owner.file, path, where)
  if ((await env.fs.info(full)) === null) {
    throw new Fault('NotFound', `${full} is not there`, { at: where })
  }
  return { isFixed: false, ...rereadFile(env, full) }
}
