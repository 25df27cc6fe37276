import { dyn, plain, type Type } from './types.ts'

/** One way to call a function. */
export interface Overload {
  /** Name and types, which the cost is looked up by. */
  readonly id: string
  readonly isMember: boolean
  /** The target of a member call first. */
  readonly args: readonly Type[]
  readonly result: Type
}

/**
 * The functions that rules of custom kinds may call, one overload a line: of the language itself, of its
 * extensions for strings and optionals, and of Kubernetes (lists, regular expressions, URLs, addresses,
 * quantities, versions, formats). A and B stand for any type.
 *
 * Sources: https://github.com/google/cel-spec/blob/master/doc/langdef.md,
 * https://kubernetes.io/docs/reference/using-api/cel/
 */
const signatures = `
_==_(A, A): bool
_!=_(A, A): bool
!_(bool): bool
-_(int): int
-_(double): double
_?_:_(bool, A, A): A
@not_strictly_false(bool): bool
@in(A, list(A)): bool
@in(A, map(A, B)): bool
_[_](list(A), int): A
_[_](map(A, B), A): B
_[_](optional(list(A)), int): optional(A)
_[_](optional(map(A, B)), A): optional(B)
_[?_](list(A), int): optional(A)
_[?_](optional(list(A)), int): optional(A)
_[?_](optional(map(A, B)), A): optional(B)
_[?_](map(A, B), A): optional(B)
sets.contains(list(A), list(A)): bool
sets.equivalent(list(A), list(A)): bool
sets.intersects(list(A), list(A)): bool
_+_(int, int): int
_+_(uint, uint): uint
_+_(double, double): double
_+_(string, string): string
_+_(bytes, bytes): bytes
_+_(list(A), list(A)): list(A)
_+_(duration, duration): duration
_+_(timestamp, duration): timestamp
_+_(duration, timestamp): timestamp
_-_(int, int): int
_-_(uint, uint): uint
_-_(double, double): double
_-_(duration, duration): duration
_-_(timestamp, duration): timestamp
_-_(timestamp, timestamp): duration
_*_(int, int): int
_*_(uint, uint): uint
_*_(double, double): double
_/_(int, int): int
_/_(uint, uint): uint
_/_(double, double): double
_%_(int, int): int
_%_(uint, uint): uint
size(string): int
size(bytes): int
size(list(A)): int
size(map(A, B)): int
string.size(): int
bytes.size(): int
list(A).size(): int
map(A, B).size(): int
type(A): type(A)
dyn(A): dyn
bool(bool): bool
bool(string): bool
int(int): int
int(uint): int
int(double): int
int(string): int
int(timestamp): int
int(duration): int
uint(uint): uint
uint(int): uint
uint(double): uint
uint(string): uint
double(double): double
double(int): double
double(uint): double
double(string): double
string(string): string
string(bool): string
string(int): string
string(uint): string
string(double): string
string(bytes): string
string(timestamp): string
string(duration): string
bytes(bytes): bytes
bytes(string): bytes
timestamp(timestamp): timestamp
timestamp(string): timestamp
timestamp(int): timestamp
duration(duration): duration
duration(string): duration
duration(int): duration
matches(string, string): bool
string.matches(string): bool
string.contains(string): bool
string.startsWith(string): bool
string.endsWith(string): bool
timestamp.getFullYear(): int
timestamp.getFullYear(string): int
timestamp.getMonth(): int
timestamp.getMonth(string): int
timestamp.getDayOfYear(): int
timestamp.getDayOfYear(string): int
timestamp.getDayOfMonth(): int
timestamp.getDayOfMonth(string): int
timestamp.getDate(): int
timestamp.getDate(string): int
timestamp.getDayOfWeek(): int
timestamp.getDayOfWeek(string): int
timestamp.getHours(): int
timestamp.getHours(string): int
timestamp.getMinutes(): int
timestamp.getMinutes(string): int
timestamp.getSeconds(): int
timestamp.getSeconds(string): int
timestamp.getMilliseconds(): int
timestamp.getMilliseconds(string): int
duration.getHours(): int
duration.getMinutes(): int
duration.getSeconds(): int
duration.getMilliseconds(): int
string.charAt(int): string
string.indexOf(string): int
string.indexOf(string, int): int
string.lastIndexOf(string): int
string.lastIndexOf(string, int): int
string.lowerAscii(): string
string.upperAscii(): string
string.replace(string, string): string
string.replace(string, string, int): string
string.split(string): list(string)
string.split(string, int): list(string)
string.substring(int): string
string.substring(int, int): string
string.trim(): string
strings.quote(string): string
string.format(list(dyn)): string
list(string).join(): string
list(string).join(string): string
list(A).indexOf(A): int
list(A).lastIndexOf(A): int
lists.range(int): list(int)
list(A).slice(int, int): list(A)
list(list(A)).flatten(): list(A)
list(dyn).flatten(int): list(dyn)
list(A).distinct(): list(A)
list(A).reverse(): list(A)
list(A).first(): optional(A)
list(A).last(): optional(A)
cel.@mapInsert(map(A, B), A, B): map(A, B)
cel.@mapInsert(map(A, B), map(A, B)): map(A, B)
list(int).sum(): int
list(uint).sum(): uint
list(double).sum(): double
list(duration).sum(): duration
string.find(string): string
string.findAll(string): list(string)
string.findAll(string, int): list(string)
url(string): url
isURL(string): bool
url.getScheme(): string
url.getHost(): string
url.getHostname(): string
url.getPort(): string
url.getEscapedPath(): string
url.getQuery(): map(string, list(string))
quantity(string): quantity
isQuantity(string): bool
sign(quantity): int
quantity.isInteger(): bool
quantity.asInteger(): int
quantity.asApproximateFloat(): double
quantity.isGreaterThan(quantity): bool
quantity.isLessThan(quantity): bool
quantity.compareTo(quantity): int
quantity.add(quantity): quantity
quantity.add(int): quantity
quantity.sub(quantity): quantity
quantity.sub(int): quantity
ip(string): ip
isIP(string): bool
ip.isCanonical(string): bool
ip.family(): int
ip.isUnspecified(): bool
ip.isLoopback(): bool
ip.isLinkLocalMulticast(): bool
ip.isLinkLocalUnicast(): bool
ip.isGlobalUnicast(): bool
cidr(string): cidr
isCIDR(string): bool
cidr.containsIP(string): bool
cidr.containsIP(ip): bool
cidr.containsCIDR(string): bool
cidr.containsCIDR(cidr): bool
cidr.ip(): ip
cidr.masked(): cidr
cidr.prefixLength(): int
string(ip): string
string(cidr): string
format.named(string): optional(format)
format.dns1123Label(): format
format.dns1123Subdomain(): format
format.dns1035Label(): format
format.qualifiedName(): format
format.dns1123LabelPrefix(): format
format.dns1123SubdomainPrefix(): format
format.dns1035LabelPrefix(): format
format.labelValue(): format
format.uri(): format
format.uuid(): format
format.byte(): format
format.date(): format
format.datetime(): format
format.validate(string): optional(list(string))
semver(string): semver
semver(string, bool): semver
isSemver(string): bool
isSemver(string, bool): bool
semver.major(): int
semver.minor(): int
semver.patch(): int
semver.isGreaterThan(semver): bool
semver.isLessThan(semver): bool
semver.compareTo(semver): int
optional.of(A): optional(A)
optional.ofNonZeroValue(A): optional(A)
optional.none(): optional(A)
optional.unwrap(list(optional(A))): list(A)
list(optional(A)).unwrapOpt(): list(A)
optional(A).hasValue(): bool
optional(A).value(): A
optional(A).or(optional(A)): optional(A)
optional(A).orValue(A): A
`

const ordered = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration']
const summable = ['int', 'uint', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration']

// Of numbers of different types one can say which is more, if not that they are equal.
const numbers = [
  ['int', 'uint'],
  ['int', 'double'],
  ['uint', 'int'],
  ['uint', 'double'],
  ['double', 'int'],
  ['double', 'uint'],
]

// What every comparable type has alike.
function generated(): string[] {
  const comparisons = ['<', '<=', '>', '>='].flatMap((sign) =>
    [...ordered.map((type) => [type, type]), ...numbers].map(
      ([a, b]) => `_${sign}_(${a}, ${b}): bool`,
    ),
  )
  const sorted = ordered.flatMap((type) => [
    `list(${type}).sort(): list(${type})`,
    `list(A).@sortByAssociatedKeys(list(${type})): list(A)`,
  ])
  const extremes = summable.flatMap((type) => [
    `list(${type}).min(): ${type}`,
    `list(${type}).max(): ${type}`,
    `list(${type}).isSorted(): bool`,
  ])
  return [...comparisons, ...extremes, ...sorted]
}

const words: ReadonlyMap<string, Type> = new Map([
  ['dyn', dyn],
  ['A', { kind: 'open', id: 'A' }],
  ['B', { kind: 'open', id: 'B' }],
  ['timestamp', plain('timestamp')],
  ['quantity', plain('kubernetes.Quantity')],
  ['url', plain('kubernetes.URL')],
  ['ip', plain('net.IP')],
  ['cidr', plain('net.CIDR')],
  ['format', plain('kubernetes.NamedFormat')],
  ['semver', plain('kubernetes.Semver')],
])

let table: ReadonlyMap<string, readonly Overload[]> | undefined

/** The overloads of a function; undefined when there is none of that name. */
export function overloadsOf(name: string): readonly Overload[] | undefined {
  table ??= readTable()
  return table.get(name)
}

function readTable(): ReadonlyMap<string, readonly Overload[]> {
  const found = new Map<string, Overload[]>()
  for (const line of [...signatures.trim().split('\n'), ...generated()]) {
    const [name, overload] = readLine(line)
    const held = found.get(name)
    if (held === undefined) found.set(name, [overload])
    else held.push(overload)
  }
  return found
}

const namespaced = /^(?:(?:optional|format|sets|lists|strings|cel)\.@?[a-z]\w*|ip\.isCanonical)\(/

function readLine(line: string): readonly [string, Overload] {
  const [head = '', result = ''] = line.split(/: (?=[^:]*$)/)
  const isFormatMember = head.startsWith('format.validate(')
  const open = head.startsWith('_[') ? head.indexOf('](') + 1 : openOf(head)
  const before = head.slice(0, open)
  const args = partsOf(head.slice(open + 1, -1)).map(typeOf)
  const dot = before.lastIndexOf('.')
  if (dot > 0 && (isFormatMember || !namespaced.test(head))) {
    const target = typeOf(before.slice(0, dot))
    const name = before.slice(dot + 1)
    return [name, { id: head, isMember: true, args: [target, ...args], result: typeOf(result) }]
  }
  return [before, { id: head, isMember: false, args, result: typeOf(result) }]
}

// The bracket of the call itself is the one that the last closes.
function openOf(head: string): number {
  let depth = 0
  for (let i = head.length - 1; i >= 0; i--) {
    if (head[i] === ')') depth++
    else if (head[i] === '(' && --depth === 0) return i
  }
  return head.length
}

function partsOf(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (depth === 0 && (i === text.length || text[i] === ',')) {
      const part = text.slice(from, i).trim()
      if (part !== '') parts.push(part)
      from = i + 1
    }
  }
  return parts
}

function typeOf(text: string): Type {
  const inner = /^(\w+)\((.*)\)$/.exec(text)
  if (inner === null) return words.get(text) ?? plain(text)
  const [first = dyn, second = dyn] = partsOf(inner[2] ?? '').map(typeOf)
  if (inner[1] === 'map') return { kind: 'map', key: first, of: second }
  return { kind: inner[1] as 'list' | 'optional' | 'type', of: first }
}
