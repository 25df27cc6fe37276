/** What names and keys may look like. */

const subdomainHelp =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelHelp =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

/** Why a name is no DNS subdomain; empty when it is one. */
export function subdomainFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 253) faults.push('must be no more than 253 characters')
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name))
    faults.push(subdomainHelp)
  return faults
}

/** Why a name is no DNS label; empty when it is one. */
export function labelFaults(name: string): string[] {
  const faults: string[] = []
  if (name.length > 63) faults.push('must be no more than 63 characters')
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return faults
  faults.push(subdomainFaults(name).length === 0 ? 'must not contain dots' : labelHelp)
  return faults
}

const qualifiedHelp =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
/** The part of a key behind its slash, and a label's value. */
export const word: RegExp = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

// The same few keys stand in everything that is written.
const seenGood = new Set<string>()
const mostSeen = 1_000

/**
 * Why a key is no qualified name, as labels and annotations have them; empty when it is one.
 *
 * @param what How a key of too many parts is spoken of.
 */
export function qualifiedFaults(key: string, what = 'qualified name'): string[] {
  if (seenGood.has(key)) return []
  const faults = faultsOfKey(key, what)
  if (faults.length === 0 && seenGood.size < mostSeen) seenGood.add(key)
  return faults
}

function faultsOfKey(key: string, what: string): string[] {
  const parts = key.split('/')
  const faults: string[] = []
  const name = parts[parts.length - 1] ?? ''
  if (parts.length > 2) {
    return [
      `a ${what} ${qualifiedHelp.replace('name part ', '')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') faults.push('prefix part must be non-empty')
    else faults.push(...subdomainFaults(prefix).map((fault) => `prefix part ${fault}`))
  }
  if (name === '') faults.push('name part must be non-empty')
  else if (name.length > 63) faults.push('name part must be no more than 63 bytes')
  if (!word.test(name) && name !== '') faults.push(qualifiedHelp)
  return faults
}

/** Why a name cannot stand in an address; empty when it can. Roles are named so, as `system:node`. */
export function segmentFaults(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}
