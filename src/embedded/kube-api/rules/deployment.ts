import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { equalJson } from '#base'
import { get, isFielded, textAt, type Obj } from '../object.ts'
import { podFaults } from './pod.ts'

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
  errors.push(...strategyFaults(get(spec, 'strategy')))
  const labels = get(spec, 'template', 'metadata', 'labels')
  const wanted = get(selector, 'matchLabels')
  const fits = Object.entries(isFielded(wanted) ? wanted : {}).every(
    ([key, value]) => get(labels, key) === value,
  )
  const isBare = !isFielded(selector) && labels === undefined
  if (!fits || isBare) {
    errors.push(
      field.invalid(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    )
  }
  return [...errors, ...podFaults(get(spec, 'template', 'spec'), 'spec.template.spec')]
}

function strategyFaults(strategy: unknown): FieldError[] {
  const type = textAt(strategy, 'type')
  const rolling = get(strategy, 'rollingUpdate')
  if (type === 'Recreate' && rolling !== undefined) {
    const why = "may not be specified when strategy `type` is 'Recreate'"
    return [field.forbidden('spec.strategy.rollingUpdate', why)]
  }
  if (type === 'Recreate' || type === 'RollingUpdate') return []
  const shown = { Type: type, RollingUpdate: rolling ?? null }
  return [field.notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])]
}

function validateUpdate(next: Obj, before: Obj): FieldError[] {
  const [a, b] = [get(next, 'spec', 'selector'), get(before, 'spec', 'selector')]
  return equalJson(a, b) ? [] : [field.invalid('spec.selector', a, 'field is immutable')]
}

export const deploymentRules: Rules = { validate, validateUpdate, generation: 'annotations' }
