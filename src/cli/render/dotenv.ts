import { Fault, utf8 } from '#base'

/**
 * Lines of `KEY=value`, as shells and `docker run --env-file` have them: blank lines and lines that
 * begin with `#` are passed over, `export ` is, too; a value may stand in single quotes (taken as
 * it is) or double quotes (with `\n`, `\t`, `\"`, `\\`, `\$`); without quotes it ends at ` #`.
 * Nothing is expanded, and a value ends with its line.
 *
 * @throws Fault InvalidSpec with the line's number; never with what stands there.
 */
export function dotenvEntries(text: string, path: string): ReadonlyMap<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const found = /^\s*(?:export\s+)?([^\s=]+)\s*=\s*(.*)$/.exec(line)
    const value = found === null ? undefined : valueOf(found[2] ?? '')
    if (found === null || value === undefined) {
      const from = path === '-' ? 'standard input' : path
      throw new Fault('InvalidSpec', `cannot take data from ${from}: line ${index + 1}`, {
        hint: 'give a map in YAML or JSON, a Secret, or lines of KEY=value',
      })
    }
    entries.set(found[1] ?? '', utf8(value))
  }
  return entries
}

/** @returns undefined when a quote is not closed, or something follows it. */
function valueOf(text: string): string | undefined {
  const quoted = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*(?:#.*)?$/.exec(text)
  if (quoted !== null) return quoted[1] ?? unescaped(quoted[2] ?? '')
  if (/^['"]/.test(text)) return undefined
  return text.replace(/\s+#.*$/, '').trimEnd()
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) =>
    /["\\$`]/.test(letter) ? letter : (escapes.get(letter) ?? whole),
  )
}
