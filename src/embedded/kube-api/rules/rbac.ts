import { equalJson } from '#base'
import { field, type FieldError } from '../errors.ts'
import type { Rules } from '../kinds/rules.ts'
import { get, isFielded, listAt, textAt, type Obj } from '../object.ts'
import { assertMayBind, assertMayDefine } from '../auth/grants.ts'
import { segmentFaults, subdomainFaults } from '../validate/qualified.ts'

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
      const others = ['apiGroups', 'resources', 'resourceNames']
      if (others.some((key) => listAt(rule, key).length > 0)) {
        const why = 'rules cannot apply to both regular resources and non-resource URLs'
        errors.push(field.invalid(`${at}.nonResourceURLs`, listAt(rule, 'nonResourceURLs'), why))
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
  return [...errors, ...gatheringFaults(role)]
}

function gatheringFaults(role: Obj): FieldError[] {
  if (get(role, 'aggregationRule') === undefined) return []
  const at = 'aggregationRule.clusterRoleSelectors'
  const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors')
  if (selectors.length === 0) {
    const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil'
    return [field.required(at, why)]
  }
  return selectors.flatMap((selector, i) => {
    const faults = selectorFaults(selector, `${at}[${i}]`)
    const isUnreadable = faults.some(({ message }) => message.includes('selector operator'))
    if (!isUnreadable) return faults
    return [...faults, field.invalid(`${at}[${i}]`, null, 'invalid label selector.')]
  })
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist']

function selectorFaults(selector: unknown, at: string): FieldError[] {
  return listAt(selector, 'matchExpressions').flatMap((one, i) => {
    const where = `${at}.matchExpressions[${i}]`
    const operator = textAt(one, 'operator')
    if (operators.includes(operator)) return []
    return [field.invalid(`${where}.operator`, operator, 'not a valid selector operator')]
  })
}

export const roleRules: Rules = {
  names: 'path',
  complete: (role) => {
    if (listAt(role, 'rules').length === 0) role['rules'] = null
  },
  validate: roleFaults,
  assertAllowed: assertMayDefine,
  createOnUpdate: true,
}

const rbacGroup = 'rbac.authorization.k8s.io'
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
  const name = textAt(ref, 'name')
  if (name === '') errors.push(field.required('roleRef.name'))
  for (const fault of segmentFaults(name)) errors.push(field.invalid('roleRef.name', name, fault))
  for (const [i, subject] of listAt(binding, 'subjects').entries()) {
    errors.push(...subjectFaults(subject, `subjects[${i}]`, isCluster))
  }
  return errors
}

function subjectFaults(subject: unknown, at: string, isCluster: boolean): FieldError[] {
  const errors: FieldError[] = []
  const kind = textAt(subject, 'kind')
  const name = textAt(subject, 'name')
  const group = textAt(subject, 'apiGroup')
  if (name === '') errors.push(field.required(`${at}.name`))
  if (!subjectKinds.includes(kind)) {
    return [...errors, field.notSupported(`${at}.kind`, kind, subjectKinds)]
  }
  if (kind !== 'ServiceAccount') {
    if (group === rbacGroup) return errors
    return [...errors, field.notSupported(`${at}.apiGroup`, group, [rbacGroup])]
  }
  const faults = name === '' ? [] : subdomainFaults(name)
  errors.push(...faults.map((fault) => field.invalid(`${at}.name`, name, fault)))
  if (group !== '') errors.push(field.notSupported(`${at}.apiGroup`, group, ['']))
  // In a namespace, accounts of that namespace need not say so.
  if (isCluster && textAt(subject, 'namespace') === '') {
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
  assertAllowed: assertMayBind,
  createOnUpdate: true,
  validateUpdate: (next, before) =>
    equalJson(next['roleRef'], before['roleRef'])
      ? []
      : [field.invalid('roleRef', goRef(next['roleRef']), 'cannot change roleRef')],
}

function goRef(ref: unknown): object {
  return { APIGroup: textAt(ref, 'apiGroup'), Kind: textAt(ref, 'kind'), Name: textAt(ref, 'name') }
}

/** ServiceAccounts: of the Secrets they name no more is kept than the name. */
export const accountRules: Rules = {
  prepareCreate: keepNames,
  prepareUpdate: keepNames,
}

function keepNames(account: Obj): void {
  const secrets = account['secrets']
  if (!Array.isArray(secrets)) return
  account['secrets'] = secrets.map((one: unknown) => {
    const name = textAt(one, 'name')
    return name === '' ? {} : { name }
  })
}
