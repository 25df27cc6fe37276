import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { drop, textAt, type Obj } from '../object.ts'
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

function validate(event: Obj): FieldError[] {
  const errors: FieldError[] = []
  const about = event['regarding'] ?? event['involvedObject']
  const namespace = textAt(about, 'namespace')
  const isInPlace =
    namespace === event.metadata.namespace ||
    (namespace === '' && event.metadata.namespace === 'default')
  if (!isInPlace) {
    errors.push(
      field.invalid('involvedObject.namespace', namespace, 'does not match event.namespace'),
    )
  }
  if (event.apiVersion !== 'events.k8s.io/v1') return errors
  if (textAt(event, 'eventTime') === '') return [...errors, field.required('eventTime')]
  const controller = textAt(event, 'reportingController')
  if (controller === '') errors.push(field.required('reportingController'))
  else if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(controller.split('/').pop() ?? '')) {
    errors.push(field.invalid('reportingController', controller, qualifiedHelp))
  }
  for (const name of ['reportingInstance', 'action', 'reason'] as const) {
    if (textAt(event, name) === '') errors.push(field.required(name))
  }
  const type = textAt(event, 'type')
  if (type !== 'Normal' && type !== 'Warning') {
    errors.push(field.invalid('type', '', `has invalid value: ${type}`))
  }
  return errors
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
