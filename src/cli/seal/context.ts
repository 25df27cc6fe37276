import { at, parseJson, stringOf, textOf } from '#base'
import type { CliIo } from '../io.ts'

/**
 * The namespace of the kubeconfig's context, or undefined without a kubeconfig. Reads only that, by
 * itself: the library that reads kubeconfigs whole takes longer to load than sealing does.
 */
export async function contextNamespace(
  io: CliIo,
  options: { readonly kubeconfig?: string; readonly context?: string },
): Promise<string | undefined> {
  let current = options.context
  let namespace: string | undefined
  let found = false
  for (const path of pathsOf(io, options.kubeconfig)) {
    const bytes = await io.env.fs.read(path)
    if (bytes === null) continue
    const config = await parsed(textOf(bytes))
    found = true
    // Of several files the first that says something counts.
    current ??= nonEmpty(at(config, 'current-context'))
    namespace ??= namespaceOf(config, current)
  }
  return found ? (namespace ?? 'default') : undefined
}

function pathsOf(io: CliIo, flag: string | undefined): readonly string[] {
  const given = flag ?? io.variables['KUBECONFIG']
  const home = io.variables['HOME']
  const paths =
    given !== undefined && given !== ''
      ? given.split(flag === undefined ? ':' : '\0')
      : home === undefined
        ? []
        : [`${home}/.kube/config`]
  return paths
    .filter((path) => path !== '')
    .map((path) => (path.startsWith('/') ? path : `${io.cwd}/${path}`))
}

async function parsed(text: string): Promise<unknown> {
  try {
    if (text.trimStart().startsWith('{')) return parseJson(text)
    const { parse } = await import('yaml')
    return parse(text, { version: '1.1', logLevel: 'silent' }) as unknown
  } catch {
    return undefined
  }
}

function namespaceOf(config: unknown, context: string | undefined): string | undefined {
  const contexts = at(config, 'contexts')
  if (!Array.isArray(contexts) || context === undefined) return undefined
  const one = (contexts as readonly unknown[]).find((entry) => at(entry, 'name') === context)
  return nonEmpty(at(one, 'context', 'namespace'))
}

function nonEmpty(value: unknown): string | undefined {
  const text = stringOf(value)
  return text === '' ? undefined : text
}
