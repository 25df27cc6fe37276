/** Templates that parse, mostly: every function, with arguments of its types and with others. */
import { signaturesOf } from '#template'
import { dataKeys } from './data.ts'
import type { Dice } from './random.ts'

const functions: readonly (readonly [string, readonly string[]])[] = [
  ...signaturesOf('eso'),
  ...signaturesOf('sealed'),
].map(([name, types]) => [name, types === '' ? [] : types.split(', ')] as const)

const ints: readonly string[] = [
  '0',
  '1',
  '-1',
  '2',
  '7',
  '100',
  '4096',
  '1000000',
  '1e9',
  '99999999',
  '2147483648',
  '9223372036854775807',
  '-9223372036854775808',
  '0x7fffffffffffffff',
  "'x'",
  '1.5',
  '1e400',
]
const texts: readonly string[] = [
  '""',
  '"a"',
  '"%99999d"',
  '"%[3]*.[2]*[1]f"',
  '"%9999999s"',
  '"%-08.3v|%+v|%#v|%q|%x|%T"',
  '"(a+)+$"',
  '"(((a{1,9}){1,9}){1,9}){1,9}"',
  '"(a|b|ab)*c"',
  '"[[:alpha:]"',
  '"(?i)\\\\pL{1000}"',
  '","',
  '" "',
  '"sha256"',
  '"rsa"',
  '"ecdsa"',
  '"ed25519"',
  '"CERTIFICATE"',
  '"leaf"',
  '"PRIVATE KEY"',
  '"2006-01-02T15:04:05Z07:00"',
  '"UTC"',
  '"Europe/Berlin"',
  '"1h"',
  '">=1.0.0 <2 || ^3"',
  '"1.2.3"',
  '"a.b.c"',
  '"__proto__"',
  '"constructor"',
  '"{\\"a\\":[1,{\\"b\\":null}]}"',
  '"a: &x [*x]"',
  '"${1}$0$name"',
  '"\\xff\\x00"',
  '"é\\U0001F600"',
  '`raw\n`',
  '"hunter"',
  '"1e999"',
  '"-0"',
  '"0x1p-2"',
  '"AQ=="',
]

/** A template of blocks, calls and loops, at most `depth` deep. */
export function makeTemplate(dice: Dice): string {
  // The first error ends a rendering: short templates come further.
  const count = dice.pick([1, 1, 1, 2, 4])
  const parts = Array.from({ length: count }, () => block(dice, dice.below(4)))
  if (dice.chance(0.15)) parts.unshift(recursion(dice))
  if (dice.chance(0.15)) parts.unshift(growth(dice))
  return parts.join(dice.pick(['', '\n', ' x ']))
}

/** What goes wrong by repetition: templates that call themselves, values that double or nest. */
function recursion(dice: Dice): string {
  return dice.pick([
    '{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}',
    '{{ define "r" }}{{ template "r" . }}{{ template "r" . }}{{ end }}{{ template "r" . }}',
    `{{ define "r" }}${'{{ if true }}{{ with . }}'.repeat(30)}{{ template "r" . }}${'{{ end }}{{ end }}'.repeat(30)}{{ end }}{{ template "r" . }}`,
    '{{ define "r" }}{{ range 9 }}{{ template "r" $ }}{{ end }}{{ end }}{{ template "r" . }}',
    `${'{{ range 1000 }}'.repeat(8)}${expression(dice, 1)}${'{{ end }}'.repeat(8)}`,
    `${'{{ if '.repeat(1)}${'('.repeat(150)}1${')'.repeat(150)} }}{{ end }}`,
    `{{ ${'('.repeat(1 + dice.below(400))} }}`,
    '{{ range 1000000000 }}{{ end }}',
    '{{ range until 100000000 }}{{ end }}',
  ])
}

function growth(dice: Dice): string {
  const use = `{{ ${dice.pick(['$x', 'len $x', 'toJson $x', 'toYaml $x', 'toPrettyJson $x', 'print $x', 'printf "%v %#v" $x $x', 'eq $x $x', 'deepEqual $x $x', 'deepCopy $x', 'merge $x $x', 'keys $x', 'toString $x', 'has $x (list $x)', 'uniq (list $x $x)', 'sortAlpha (list $x)', 'join "," $x', 'quote $x', 'sha256sum (toString $x)', 'range $x }}{{ end', 'empty $x', 'toToml $x', 'mustToJson $x', 'flatten $x', 'typeOf $x', 'dict "a" $x | values'])} }}`
  const count = dice.pick(['40', '200', '3000', '60000', '1000000'])
  const step = dice.pick([
    '$x = list $x',
    '$x = list $x $x',
    '$x = dict "a" $x',
    '$x = dict "a" $x "b" $x',
    '$x = print $x $x',
    '$x = append (list) $x',
    '$x = concat (list $x) (list $x)',
    '$x = printf "%s%s" $x "aaaaaaaaaaaaaaaa"',
    '$x = toJson $x',
    '$x = quote $x',
    '$x = b64enc (toString $x)',
  ])
  const start = dice.pick(['"a"', 'list', 'dict', '.', '.a'])
  if (dice.chance(0.2)) return `{{ $x := dict }}{{ $_ := set $x "a" $x }}${use}`
  return `{{ $x := ${start} }}{{ range ${count} }}{{ ${step} }}{{ end }}${use}`
}

function block(dice: Dice, depth: number): string {
  const inner = (): string => (depth === 0 ? 'x' : block(dice, depth - 1))
  const call = expression(dice, depth)
  switch (dice.below(10)) {
    case 0:
      return `{{ if ${call} }}${inner()}{{ else }}${inner()}{{ end }}`
    case 1:
      return `{{- range $i, $e := ${call} -}}${inner()}{{ $i }}{{ $e }}{{ end }}`
    case 2:
      return `{{ range ${call} }}${inner()}{{ . }}{{ if ${expression(dice, 0)} }}{{ break }}{{ end }}{{ end }}`
    case 3:
      return `{{ with ${call} }}{{ . }}${inner()}{{ .x.y }}{{ end }}`
    case 4:
      return `{{ $v := ${call} }}{{ $v }}{{ ${dice.pick(functions)[0]} $v }}`
    case 5:
      return `{{ define "t${dice.below(3)}" }}${inner()}{{ end }}{{ template "t${dice.below(3)}" ${expression(dice, 1)} }}`
    case 6:
      return `{{ range $k := until ${dice.pick(ints)} }}{{ ${call} }}{{ end }}`
    case 7:
      return `{{ (${call}).${dice.pick(['a', 'Cert', 'Year', 'String', 'Major', '__proto__'])} }}`
    default:
      return `{{ ${call} }}`
  }
}

function expression(dice: Dice, depth: number): string {
  const [name, types] = dice.pick(functions)
  const fixed = types.flatMap((type) =>
    type.startsWith('...') ? Array.from({ length: dice.below(4) }, () => type.slice(3)) : [type],
  )
  // Sometimes one too many or too few.
  if (dice.chance(0.03)) fixed.pop()
  if (dice.chance(0.03)) fixed.push('any')
  const args = fixed.map((type) => argument(dice, dice.chance(0.05) ? 'any' : type, depth))
  const last = args.length > 0 && dice.chance(0.3) ? args.pop() : undefined
  const call = [name, ...args].join(' ')
  return last === undefined ? call : `${last} | ${call}`
}

function argument(dice: Dice, type: string, depth: number): string {
  if (depth > 0 && dice.chance(0.3)) return `(${expression(dice, depth - 1)})`
  switch (type) {
    case 'string':
      return dice.chance(0.5) ? value(dice) : dice.pick(texts)
    case 'int':
    case 'uint32':
    case 'float64':
      return dice.pick(ints)
    case 'bool':
      return dice.pick(['true', 'false'])
    case '[]interface {}':
      return dice.pick(['(list)', '(list 1 nil "a" .a)', '(fromJson .b)'])
    case 'map[string]interface {}':
      return dice.pick(['(dict)', '(dict "a" .a "b" (dict "c" .b))', '(fromYaml .c)'])
    default:
      return dice.pick([
        'nil',
        'true',
        '.',
        '$',
        '(list 1 2 .a)',
        '(dict "a" .b)',
        '(fromJson .a)',
        '(until 9)',
        dice.pick(ints),
        dice.pick(texts),
        value(dice),
        value(dice),
      ])
  }
}

function value(dice: Dice): string {
  const key = dice.pick(dataKeys)
  return dice.chance(0.9) ? `(index . "${key}")` : `.${key}`
}
