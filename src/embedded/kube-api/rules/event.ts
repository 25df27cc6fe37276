import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { drop, isFielded, textAt, type Obj } from '../object.ts'
import { qualifiedFaults } from '../validate/qualified.ts'
import { equalJson } from '#base'

// As the core group stores it; what Go writes out even when it is empty is always there.
function complete(event: Obj): void {
  const isNew = event.apiVersion === 'events.k8s.io/v1'
  const defaults: Readonly<Record<string, unknown>> = isNew
    ? {
        eventTime: null,
        deprecatedSource: {},
        deprecatedFirstTimestamp: null,
        deprecatedLastTimestamp: null,
        regarding: {},
      }
    : {
        involvedObject: {},
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: null,
        reportingComponent: '',
        reportingInstance: '',
      }
  for (const [key, value] of Object.entries(defaults)) event[key] ??= value
}

const isNewer = (event: Obj): boolean => event.apiVersion === 'events.k8s.io/v1'

function validate(event: Obj, before?: Obj): FieldError[] {
  const errors = textAt(event, 'eventTime') === '' ? olderFaults(event) : newerFaults(event)
  // The older group is checked as little as it ever was.
  if (!isNewer(event)) return errors
  if (before !== undefined) {
    const isSame = equalJson(event['series'] ?? null, before['series'] ?? null)
    return isSame ? errors : [...errors, ...seriesFaults(event)]
  }
  errors.push(...seriesFaults(event))
  if (textAt(event, 'eventTime') === '') errors.push(field.required('eventTime'))
  const type = textAt(event, 'type')
  if (type !== 'Normal' && type !== 'Warning') {
    errors.push(field.invalid('type', '', `has invalid value: ${type}`))
  }
  const unset = 'needs to be unset'
  for (const [name, older] of [
    ['firstTimestamp', 'deprecatedFirstTimestamp'],
    ['lastTimestamp', 'deprecatedLastTimestamp'],
    ['count', 'deprecatedCount'],
  ] as const) {
    if (![undefined, null, 0].includes(event[older] as number | null | undefined)) {
      errors.push(field.invalid(name, '', unset))
    }
  }
  const source = event['deprecatedSource']
  if (textAt(source, 'component') !== '' || textAt(source, 'host') !== '') {
    errors.push(field.invalid('source', '', unset))
  }
  return errors
}

const elsewhere = 'does not match event.namespace'

function namespaceFault(event: Obj): FieldError {
  const about = event['regarding'] ?? event['involvedObject']
  return field.invalid('involvedObject.namespace', textAt(about, 'namespace'), elsewhere)
}

function olderFaults(event: Obj): FieldError[] {
  const namespace = textAt(event['regarding'] ?? event['involvedObject'], 'namespace')
  const own = event.metadata.namespace
  const isInPlace = namespace === own || (namespace === '' && own === 'default')
  return isInPlace ? [] : [namespaceFault(event)]
}

const limits = { reportingInstance: 128, action: 128, reason: 128 } as const

function newerFaults(event: Obj): FieldError[] {
  const errors: FieldError[] = []
  const namespace = textAt(event['regarding'] ?? event['involvedObject'], 'namespace')
  const own = event.metadata.namespace ?? ''
  if (namespace === '' && own !== 'default' && own !== 'kube-system') {
    errors.push(namespaceFault(event))
  }
  const name = isNewer(event) ? 'reportingController' : 'reportingComponent'
  const controller = textAt(event, name)
  if (controller === '') errors.push(field.required(name))
  for (const fault of qualifiedFaults(controller)) {
    errors.push(field.invalid(name, controller, fault))
  }
  if (controller === '') errors.push(field.invalid(name, '', qualifiedHelp))
  for (const [part, most] of Object.entries(limits)) {
    const value = textAt(event, part)
    if (value === '') errors.push(field.required(part))
    if (value.length > most) errors.push(field.invalid(part, '', tooMany(most)))
  }
  const note = textAt(event, 'note') || textAt(event, 'message')
  if (Buffer.byteLength(note) > 1024) errors.push(field.invalid('message', '', tooMany(1024)))
  return errors
}

const tooMany = (most: number): string => `can have at most ${most} characters`

function seriesFaults(event: Obj): FieldError[] {
  const series = event['series']
  if (!isFielded(series)) return []
  const isFew = Number(series['count'] ?? 0) < 2
  const isUnseen = textAt(series, 'lastObservedTime') === ''
  return [
    ...(isFew ? [field.invalid('series.count', '', 'should be at least 2')] : []),
    ...(isUnseen ? [field.required('series.lastObservedTime')] : []),
  ]
}

const qualifiedHelp =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

const fixedFields = [
  'action',
  'reason',
  'regarding',
  'related',
  'note',
  'type',
  'reportingController',
]

function validateUpdate(next: Obj, before: Obj): FieldError[] {
  if (next.apiVersion !== 'events.k8s.io/v1') return []
  return fixedFields
    .filter((name) => !equalJson(next[name] ?? null, before[name] ?? null))
    .flatMap((name) => {
      const wrong = field.invalid(name, next[name], 'field is immutable')
      return [wrong, wrong]
    })
}

export const eventRules: Rules = {
  complete,
  validate,
  validateUpdate,
  createOnUpdate: true,
  prepareCreate: (event) => drop(event, 'status'),
  selectable: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (one) => `regarding.${one}`,
    ),
    'reportingController',
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  selected: (event, path) => {
    if (path === 'source')
      return textAt(event, 'source', 'component') || textAt(event, 'reportingComponent')
    if (path === 'reportingController' || path === 'reportingComponent') {
      return textAt(event, 'reportingController') || textAt(event, 'reportingComponent')
    }
    if (path.startsWith('regarding.')) {
      return textAt(event['involvedObject'] ?? event['regarding'], path.slice(10))
    }
    if (path.startsWith('involvedObject.')) {
      return textAt(event['involvedObject'] ?? event['regarding'], path.slice(15))
    }
    return undefined
  },
}
