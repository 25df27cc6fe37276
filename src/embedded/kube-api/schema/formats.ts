import { fromBase64, parseTime } from '#base'

const patterns: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  email: /^[^\s@]+@[^\s@]+$/,
  hostname:
    /^(?=.{1,253}$)[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$/,
  duration:
    /^[-+]?(?:\d+(?:\.\d*)?\s*(?:ns|us|µs|ms|s|m|h|d|w|seconds?|minutes?|hours?|days?|weeks?)\s*)+$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  cidr: /^[\d.a-fA-F:]+\/\d{1,3}$/,
  mac: /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i,
}

const checks: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => /^\d{4}-\d{2}-\d{2}[Tt ]/.test(text) && parseTime(text) !== undefined,
  datetime: (text) => /^\d{4}-\d{2}-\d{2}[Tt ]/.test(text) && parseTime(text) !== undefined,
  byte: (text) => fromBase64(text) !== undefined,
  uri: (text) => /^[a-z][-+.a-z0-9]*:/i.test(text),
  ipv6: (text) => text.includes(':') && /^[\da-f:.]+$/i.test(text),
}

/** Whether a text is of a format; formats that are not known allow anything. */
export function fitsFormat(text: string, format: string): boolean {
  if (Object.hasOwn(checks, format)) return checks[format]?.(text) ?? true
  return Object.hasOwn(patterns, format) ? (patterns[format]?.test(text) ?? true) : true
}
