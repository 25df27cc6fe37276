/** Formats that texts can be held to by name. */
import { fitsFormat } from '../schema/formats.ts'
import { labelFaults, qualifiedFaults, subdomainFaults } from '../validate/qualified.ts'
import { List, Optional, type Extra, type Run } from './values.ts'

type Faults = (text: string) => readonly string[]

class Format implements Extra {
  readonly isExtra = true
  readonly typeName = 'kubernetes.NamedFormat'
  readonly size = 1
  readonly name: string
  readonly faults: Faults

  constructor(name: string, faults: Faults) {
    this.name = name
    this.faults = faults
  }

  equals(other: Extra): boolean {
    return other instanceof Format && other.name === this.name
  }

  text(): undefined {
    return undefined
  }
}

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const label1035Help =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const valueHelp =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

function labels1035(text: string): string[] {
  return [
    ...(text.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(label1035.test(text) ? [] : [label1035Help]),
  ]
}

function labelValues(text: string): string[] {
  return [
    ...(text.length > 63 ? ['must be no more than 63 bytes'] : []),
    ...(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(text) ? [] : [valueHelp]),
  ]
}

// What names are generated from may end in a dash.
const asPrefix =
  (faults: Faults): Faults =>
  (text) =>
    faults(text.endsWith('-') ? `${text.slice(0, -1)}a` : text)

const byFormat =
  (format: string, why: string): Faults =>
  (text) =>
    fitsFormat(text, format) ? [] : [why]

const faultsOf: Readonly<Record<string, Faults>> = {
  dns1123Label: labelFaults,
  dns1123Subdomain: subdomainFaults,
  dns1035Label: labels1035,
  qualifiedName: (text) => qualifiedFaults(text),
  dns1123LabelPrefix: asPrefix(labelFaults),
  dns1123SubdomainPrefix: asPrefix(subdomainFaults),
  dns1035LabelPrefix: asPrefix(labels1035),
  labelValue: labelValues,
  uri: byFormat('uri', 'invalid URI'),
  uuid: byFormat('uuid', 'does not match the UUID format'),
  byte: byFormat('byte', 'invalid base64'),
  date: byFormat('date', 'invalid date'),
  datetime: byFormat('date-time', 'invalid datetime'),
}

const named: ReadonlyMap<string, Format> = new Map(
  Object.entries(faultsOf).map(([name, faults]) => [name, new Format(name, faults)]),
)

export const formats: Readonly<Record<string, Run>> = {
  ...Object.fromEntries(
    Array.from(named, ([name, format]): [string, Run] => [`format.${name}`, () => format]),
  ),
  'format.named': ([name]) =>
    typeof name === 'string' ? new Optional(named.get(name)) : undefined,
  validate: ([format, text]) => {
    if (!(format instanceof Format) || typeof text !== 'string') return undefined
    const faults = format.faults(text)
    return new Optional(faults.length === 0 ? undefined : new List([...faults]))
  },
}
