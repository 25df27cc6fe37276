import { ApiError } from '../errors.ts'

/** The form an answer is wanted in. */
export interface Form {
  readonly media: 'json' | 'yaml'
  /** `Table`, `PartialObjectMetadata`, `APIGroupDiscoveryList` …; empty: the object itself. */
  readonly as: string
  readonly version: string
  readonly group: string
}

export const plainJson: Form = { media: 'json', as: '', version: '', group: '' }

const media: Readonly<Record<string, Form['media']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  '*/*': 'json',
}

const cache = new Map<string, readonly Form[]>()

/** What an Accept header asks for, best first; media types that are not written are left out. */
function wantedForms(accept: string): readonly Form[] {
  const held = cache.get(accept)
  if (held !== undefined) return held
  const forms: { form: Form; quality: number }[] = []
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim())
    const found = media[type.toLowerCase()]
    if (found === undefined) continue
    const values = new Map(parameters.map((one) => one.split('=') as [string, string]))
    const form = {
      media: found,
      as: values.get('as') ?? '',
      version: values.get('v') ?? '',
      group: values.get('g') ?? '',
    }
    forms.push({ form, quality: Number(values.get('q') ?? 1) })
  }
  const sorted = forms.sort((a, b) => b.quality - a.quality).map(({ form }) => form)
  if (cache.size < 200) cache.set(accept, sorted)
  return sorted
}

/**
 * The first wanted form that `serves` allows.
 *
 * @param types What the refusal says can be had.
 * @throws ApiError 406 when none is.
 */
export function negotiate(
  accept: string | undefined,
  serves: (form: Form) => boolean,
  types: string = servedTypes,
): Form {
  if (accept === undefined || accept === '' || accept === 'application/json') return plainJson
  const forms = wantedForms(accept)
  const found = forms.find((form) => form.as === '' || serves(form))
  if (found !== undefined) return found
  if (forms.length > 0) {
    const message = `only the following media types are accepted: ${servedTypes}`
    throw new ApiError(406, 'NotAcceptable', message)
  }
  throw notAcceptable(types)
}

export const servedTypes: string =
  'application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** What a collection can be had as: it can be watched, too. */
export const collectionTypes: string = `${servedTypes}, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch`

/** Whether an Accept header, before all else, asks for YAML: refusals are then in YAML, too. */
export function wantsYaml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('yaml')) return false
  return wantedForms(accept)[0]?.media === 'yaml'
}

export function notAcceptable(types: string): ApiError {
  const message = `406: Not Acceptable\n\nAvailable representations: ${types}`
  return new ApiError(406, 'NotAcceptable', message, {})
}

/** Whether the form is one that objects are served in. */
export function servesObjects(form: Form): boolean {
  if (form.group !== 'meta.k8s.io') return false
  if (form.version !== 'v1' && form.version !== 'v1beta1') return false
  return ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'].includes(form.as)
}
