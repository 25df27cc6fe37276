import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Obj } from '../object.ts'

function roleFaults(role: Obj): FieldError[] {
  const errors: FieldError[] = []
  const isCluster = role.kind === 'ClusterRole'
  for (const [i, rule] of listAt(role, 'rules').entries()) {
    const at = `rules[${i}]`
    if (listAt(rule, 'verbs').length === 0) {
      errors.push(field.required(`${at}.verbs`, 'verbs must contain at least one value'))
    }
    if (listAt(rule, 'nonResourceURLs').length > 0) {
      if (!isCluster) {
        errors.push(
          field.invalid(
            `${at}.nonResourceURLs`,
            listAt(rule, 'nonResourceURLs'),
            'namespaced rules cannot apply to non-resource URLs',
          ),
        )
      }
      continue
    }
    if (listAt(rule, 'apiGroups').length === 0) {
      errors.push(
        field.required(`${at}.apiGroups`, 'resource rules must supply at least one api group'),
      )
    }
    if (listAt(rule, 'resources').length === 0) {
      errors.push(
        field.required(`${at}.resources`, 'resource rules must supply at least one resource'),
      )
    }
  }
  return errors
}

export const roleRules: Rules = {
  names: 'path',
  complete: (role) => {
    role['rules'] ??= null
  },
  validate: roleFaults,
}

const subjectKinds = ['ServiceAccount', 'User', 'Group']

function bindingFaults(binding: Obj): FieldError[] {
  const errors: FieldError[] = []
  const isCluster = binding.kind === 'ClusterRoleBinding'
  const ref = get(binding, 'roleRef')
  const group = textAt(ref, 'apiGroup')
  if (group !== 'rbac.authorization.k8s.io') {
    errors.push(field.notSupported('roleRef.apiGroup', group, ['rbac.authorization.k8s.io']))
  }
  const kinds = isCluster ? ['ClusterRole'] : ['Role', 'ClusterRole']
  if (!kinds.includes(textAt(ref, 'kind'))) {
    errors.push(field.notSupported('roleRef.kind', textAt(ref, 'kind'), kinds))
  }
  if (textAt(ref, 'name') === '') errors.push(field.required('roleRef.name'))
  for (const [i, subject] of listAt(binding, 'subjects').entries()) {
    errors.push(...subjectFaults(subject, `subjects[${i}]`))
  }
  return errors
}

function subjectFaults(subject: unknown, at: string): FieldError[] {
  const errors: FieldError[] = []
  const kind = textAt(subject, 'kind')
  if (textAt(subject, 'name') === '') errors.push(field.required(`${at}.name`))
  if (!subjectKinds.includes(kind))
    errors.push(field.notSupported(`${at}.kind`, kind, subjectKinds))
  else if (kind === 'ServiceAccount' && textAt(subject, 'namespace') === '') {
    errors.push(field.required(`${at}.namespace`))
  }
  return errors
}

export const bindingRules: Rules = {
  names: 'path',
  complete: (binding) => {
    const ref = binding['roleRef']
    if (isFielded(ref))
      binding['roleRef'] = {
        ...ref,
        apiGroup: textAt(ref, 'apiGroup') || 'rbac.authorization.k8s.io',
      }
    if (!Array.isArray(binding['subjects'])) return
    binding['subjects'] = binding['subjects'].map((subject: unknown) => {
      if (!isFielded(subject) || textAt(subject, 'kind') === 'ServiceAccount') return subject
      return { ...subject, apiGroup: textAt(subject, 'apiGroup') || 'rbac.authorization.k8s.io' }
    })
  },
  validate: bindingFaults,
  validateUpdate: (next, before) =>
    equalJson(next['roleRef'], before['roleRef'])
      ? []
      : [field.invalid('roleRef', goRef(next['roleRef']), 'cannot change roleRef')],
}

function goRef(ref: unknown): object {
  return { APIGroup: textAt(ref, 'apiGroup'), Kind: textAt(ref, 'kind'), Name: textAt(ref, 'name') }
}

/** ServiceAccounts. */
export const accessRules: Rules = {}
