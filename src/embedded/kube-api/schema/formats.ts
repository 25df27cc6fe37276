/** Formats of texts, as kube-openapi judges them. */
import { isGoDuration } from '../kinds/go-duration.ts'

const octet = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`
const patterns: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid3: /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  uuid4: /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  uuid5: /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i,
  email: /^(?:[^<>@]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
  ipv4: /^0*(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.0*(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/,
  mac: /^(?:(?:[0-9a-f]{2}(?<sign>[:-])(?:[0-9a-f]{2}\k<sign>){4,18}[0-9a-f]{2})|(?:[0-9a-f]{4}\.){2}(?:[0-9a-f]{4}|(?:[0-9a-f]{4}\.){1,7}[0-9a-f]{4}))$/i,
  hexcolor: /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/,
  rgbcolor: new RegExp(String.raw`^rgb\(\s*${octet}\s*,\s*${octet}\s*,\s*${octet}\s*\)$`),
  ssn: /^\d{3}[- ]?\d{2}[- ]?\d{4}$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/,
  bsonobjectid: /^[0-9a-fA-F]{24}$/,
  uri: /^(?:[a-z][-+.a-z0-9]*:(?!\s)[^\s\p{Cc}]*|\/\P{Cc}*|\*)$/iu,
}

const checks: Readonly<Record<string, (text: string) => boolean>> = {
  datetime: isDateTime,
  date: isDate,
  duration: isDuration,
  hostname: isHostname,
  ipv6: isIpv6,
  cidr: isCidr,
  creditcard: isCreditCard,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  k8sshortname: (text) => text.length <= 63 && label.test(text),
  k8slongname: (text) => text.length <= 253 && text.split('.').every((part) => label.test(part)),
}

const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/

/** Whether a text is of a format; formats that are not known allow anything. */
export function fitsFormat(text: string, format: string): boolean {
  const name = format.replaceAll('-', '')
  if (Object.hasOwn(checks, name)) return checks[name]?.(text) ?? true
  return Object.hasOwn(patterns, name) ? (patterns[name]?.test(text) ?? true) : true
}

const textFormats: ReadonlySet<string> = new Set(
  'byte,date,datetime,duration,uri,email,hostname,ipv4,ipv6,cidr,mac,uuid,uuid3,uuid4,uuid5,isbn,isbn10,isbn13,creditcard,ssn,hexcolor,rgbcolor,password,bsonobjectid,k8sshortname,k8slongname'.split(
    ',',
  ),
)

/** Whether a format means something for texts or numbers of a type. */
export function isKnownFormat(type: unknown, format: string): boolean {
  switch (type ?? '') {
    case '':
    case 'string':
      return textFormats.has(format.replaceAll('-', ''))
    case 'integer':
      return format === 'int32' || format === 'int64'
    case 'number':
      return format === 'float' || format === 'double'
    default:
      return false
  }
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDate(text: string): boolean {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = (monthDays[month - 1] ?? 0) + (month === 2 && isLeap ? 1 : 0)
  return day >= 1 && day <= days
}

function isDateTime(text: string): boolean {
  const [date = '', time = ''] = text.toLowerCase().split('t')
  const [, hour = '99', minute = '99', second = '99'] =
    /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time) ?? []
  return isDate(date) && hour <= '23' && minute <= '59' && second <= '59'
}

const unit =
  /^(?:ns|us|µs|ms|s|m|h|d|w|hr|wk|nano.*|micro.*|milli.*|sec.*|min.*|hour.*|day.*|week.*)$/

// Go's own, or amounts with units anywhere in the text.
function isDuration(text: string): boolean {
  if (isGoDuration(text)) return true
  const found = text.matchAll(/(?<!\d)\d+\s*([A-Za-zµ]+)/g)
  return [...found].some(([, name = '']) => unit.test(name.toLowerCase()))
}

const hostName =
  /^(?:[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|(?:[a-zA-Z0-9\p{S}\p{L}](?:[-a-zA-Z0-9\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$/u

function isHostname(text: string): boolean {
  if (text.length > 255 || text.split('.').some((part) => part.length > 63)) return false
  return hostName.test(text)
}

function isIpv6(text: string): boolean {
  if (!text.includes(':') || !/^[\da-f:.]+$/i.test(text)) return false
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return false
  const left = groupsOf(head)
  const right = tail === undefined ? [] : groupsOf(tail)
  if (left === undefined || right === undefined) return false
  const count = left.length + right.length
  return tail === undefined ? count === 8 : count < 8
}

function groupsOf(text: string): readonly string[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts[parts.length - 1] ?? ''
  if (last.includes('.')) {
    if (patterns['ipv4']?.test(last) !== true) return undefined
    parts.splice(-1, 1, '0', '0')
  }
  return parts.every((part) => /^[\da-f]{1,4}$/i.test(part)) ? parts : undefined
}

function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(text) ?? []
  const most = patterns['ipv4']?.test(address) === true ? 32 : isIpv6(address) ? 128 : -1
  return Number(bits) <= most && bits !== ''
}

const creditCard =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/

function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '')
  if (!creditCard.test(digits)) return false
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, i) => {
      const value = i % 2 === 0 ? Number(digit) : Number(digit) * 2
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return sum % 10 === 0
}

function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, '')
  if (!/^\d{9}[\dX]$/.test(digits)) return false
  const sum = Array.from(digits).reduce(
    (total, one, i) => total + (i + 1) * (one === 'X' ? 10 : Number(one)),
    0,
  )
  return sum % 11 === 0
}

function isIsbn13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, '')
  if (!/^\d{13}$/.test(digits)) return false
  const sum = Array.from(digits).reduce(
    (total, one, i) => total + (i % 2 === 0 ? 1 : 3) * Number(one),
    0,
  )
  return sum % 10 === 0
}
