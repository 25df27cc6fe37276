/**
 * What Go's YAML reader says of a text that is no YAML, from what ours says.
 *
 * Source: gopkg.in/yaml.v2 (decode.go, scannerc.go, parserc.go), which sigs.k8s.io/yaml stands on.
 */
import type { YAMLParseError } from 'yaml'

/** The text of the fault, `yaml: line 2: …`. */
export function yamlFault(errors: readonly YAMLParseError[], text: string): string {
  const [line, why] = faultOf(errors, text)
  return line > 0 ? `yaml: line ${line}: ${why}` : `yaml: ${why}`
}

const noToken = 'found character that cannot start any token'
const noValue = 'mapping values are not allowed in this context'

/** The line that is named, 0 for none. */
type Found = readonly [line: number, why: string]

// The scanner names lines as people count them, but not the first.
const scanned = (line: number, why: string): Found => [line > 1 ? line : 0, why]

function faultOf(errors: readonly YAMLParseError[], text: string): Found {
  const [first] = errors
  const line = first?.linePos?.[0].line ?? 1
  const breaks = text.split('\n').length - 1
  switch (first?.code) {
    case 'TAB_AS_INDENT':
    case 'BAD_SCALAR_START':
      return scanned(line, noToken)
    case 'BLOCK_AS_IMPLICIT_KEY':
      return scanned(lastLine(errors) ?? line, noValue)
    case 'MISSING_CHAR':
      if (first.message.includes('quote'))
        return scanned(breaks + 1, 'found unexpected end of stream')
      if (first.message.includes('directives-end'))
        return scanned(line, 'found unknown directive name')
      if (first.message.includes('map keys'))
        return scanned(line + 1, "could not find expected ':'")
      return flowFault(first, text)
    case 'BAD_INDENT':
      if (first.message.startsWith('Flow')) return flowFault(first, text)
      return parserFault(line, first.message.includes('sequence') ? 'item' : 'key')
    // Its reader calls itself for what is inside, and came to the end of its stack.
    case 'RESOURCE_EXHAUSTION':
      return [0, 'exceeded max depth']
    case 'UNEXPECTED_TOKEN':
      return parserFault(line, 'item')
    case 'MULTILINE_IMPLICIT_KEY':
      return parserFault(line, 'key')
    default:
      return [line, 'did not find expected node content']
  }
}

// Where the colon stands that comes too late.
function lastLine(errors: readonly YAMLParseError[]): number | undefined {
  return errors.find((one) => one.code === 'MULTILINE_IMPLICIT_KEY')?.linePos?.[1]?.line
}

// The parser counts lines from nothing.
function parserFault(line: number, what: 'key' | 'item'): Found {
  const why = what === 'key' ? 'did not find expected key' : "did not find expected '-' indicator"
  return [line - 1, why]
}

function flowFault(error: YAMLParseError, text: string): Found {
  const end = error.pos[0]
  const isAtEnd = text.slice(end).trim() === ''
  const isMap = /map/i.test(error.message)
  const isAfterSign = /[[{,:]\s*$/.test(text.slice(0, end))
  const close = isMap ? '}' : ']'
  const why =
    isAtEnd && isAfterSign
      ? 'did not find expected node content'
      : `did not find expected ',' or '${close}'`
  const lines = text.replace(/\n$/, '').split('\n').length
  return isAtEnd ? [lines, why] : [(error.linePos?.[0].line ?? 1) - 1, why]
}
