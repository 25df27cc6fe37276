import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { equalJson } from '#base'
import { get, isFielded, textAt, type Obj } from '../object.ts'
import { queryFaults } from './label-query.ts'
import { endlessPodFaults, podWarnings } from './pod.ts'

function validate(deployment: Obj): FieldError[] {
  const errors: FieldError[] = []
  const spec = deployment['spec']
  const replicas = get(spec, 'replicas')
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(field.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  }
  const selector = get(spec, 'selector')
  if (!isFielded(selector)) errors.push(field.required('spec.selector'))
  else if (Object.keys(selector).length === 0) {
    errors.push(field.invalid('spec.selector', {}, 'empty selector is invalid for deployment'))
  }
  const unreadable = queryFaults(selector, 'spec.selector')
  if (unreadable.length > 0) {
    errors.push(...unreadable, field.invalid('spec.selector', selector, 'invalid label selector'))
  }
  const labels = get(spec, 'template', 'metadata', 'labels')
  const wanted = get(selector, 'matchLabels')
  const fits = Object.entries(isFielded(wanted) ? wanted : {}).every(
    ([key, value]) => get(labels, key) === value,
  )
  // Nothing is what no selector selects.
  if (unreadable.length === 0 && (!fits || !isFielded(selector))) {
    errors.push(
      field.invalid(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    )
  }
  return [
    ...errors,
    ...endlessPodFaults(get(spec, 'template', 'spec'), 'spec.template.spec'),
    ...strategyFaults(get(spec, 'strategy')),
    ...countFaults(spec),
  ]
}

function strategyFaults(strategy: unknown): FieldError[] {
  const type = textAt(strategy, 'type')
  const rolling = get(strategy, 'rollingUpdate')
  if (type === 'Recreate' && rolling !== undefined) {
    const why = "may not be specified when strategy `type` is 'Recreate'"
    return [field.forbidden('spec.strategy.rollingUpdate', why)]
  }
  if (type === 'Recreate') return []
  if (type === 'RollingUpdate') return rollingFaults(rolling)
  const shown = { Type: type, RollingUpdate: rolling ?? null }
  return [field.notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])]
}

function rollingFaults(rolling: unknown): FieldError[] {
  const at = 'spec.strategy.rollingUpdate'
  const errors = ['maxSurge', 'maxUnavailable'].flatMap((name) => {
    const value = get(rolling, name)
    if (typeof value === 'number' && value < 0)
      return [field.invalid(`${at}.${name}`, value, least)]
    const isPercent = typeof value === 'string' && /^\d+%$/.test(value)
    if (typeof value === 'string' && !isPercent) {
      return [field.invalid(`${at}.${name}`, value, percentHelp)]
    }
    if (name === 'maxUnavailable' && isPercent && Number.parseInt(value, 10) > 100) {
      return [field.invalid(`${at}.${name}`, value, 'must not be greater than 100%')]
    }
    return []
  })
  const isZero = (name: string): boolean => /^0%?$/.test(String(get(rolling, name)))
  if (isZero('maxSurge') && isZero('maxUnavailable')) {
    const why = 'may not be 0 when `maxSurge` is 0'
    errors.push(field.invalid(`${at}.maxUnavailable`, get(rolling, 'maxUnavailable'), why))
  }
  return errors
}

const least = 'must be greater than or equal to 0'
const percentHelp =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"

function countFaults(spec: unknown): FieldError[] {
  const number = (name: string): number => Number(get(spec, name) ?? 0)
  const errors = ['minReadySeconds', 'revisionHistoryLimit']
    .filter((name) => number(name) < 0)
    .map((name) => field.invalid(`spec.${name}`, number(name), least))
  const deadline = get(spec, 'progressDeadlineSeconds')
  if (typeof deadline !== 'number') return errors
  const at = 'spec.progressDeadlineSeconds'
  if (deadline < 0) errors.push(field.invalid(at, deadline, least))
  if (deadline <= number('minReadySeconds')) {
    errors.push(field.invalid(at, deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

function statusFaults(status: unknown): FieldError[] {
  const number = (name: string): number => Number(get(status, name) ?? 0)
  const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas']
  const errors = [...counts, 'unavailableReplicas', 'observedGeneration']
    .filter((name) => number(name) < 0)
    .map((name) => field.invalid(`status.${name}`, number(name), least))
  const more = 'cannot be greater than '
  for (const name of counts.slice(1)) {
    if (number(name) > number('replicas')) {
      errors.push(field.invalid(`status.${name}`, number(name), `${more}status.replicas`))
    }
  }
  if (number('availableReplicas') > number('readyReplicas')) {
    const value = number('availableReplicas')
    errors.push(field.invalid('status.availableReplicas', value, `${more}readyReplicas`))
  }
  return errors
}

function validateUpdate(next: Obj, before: Obj): FieldError[] {
  const [a, b] = [get(next, 'spec', 'selector'), get(before, 'spec', 'selector')]
  const fixed = equalJson(a, b) ? [] : [field.invalid('spec.selector', a, 'field is immutable')]
  if (equalJson(next['status'] ?? {}, before['status'] ?? {})) return fixed
  return [...fixed, ...statusFaults(next['status'])]
}

function warnings(deployment: Obj, before?: Obj): string[] {
  if (before?.metadata.generation === deployment.metadata.generation) return []
  return podWarnings(get(deployment, 'spec', 'template', 'spec'), 'spec.template.spec')
}

export const deploymentRules: Rules = {
  validate,
  validateUpdate,
  warnings,
  generation: 'annotations',
}
