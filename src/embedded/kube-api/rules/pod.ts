import { field, type FieldError } from '../errors.ts'
import { listAt, textAt } from '../object.ts'

/** Faults of a Pod's spec. @param owner What runs the Pod; it says how the Pod may end. */
export function podFaults(
  spec: unknown,
  at: string,
  owner: 'pod' | 'job' | 'controller' = 'controller',
): FieldError[] {
  const errors: FieldError[] = []
  const containers = listAt(spec, 'containers')
  if (containers.length === 0) errors.push(field.required(`${at}.containers`))
  const seen = new Set<string>()
  for (const [i, container] of containers.entries()) {
    const name = textAt(container, 'name')
    if (name === '') errors.push(field.required(`${at}.containers[${i}].name`))
    else if (seen.has(name)) errors.push(field.duplicate(`${at}.containers[${i}].name`, name))
    seen.add(name)
    if (textAt(container, 'image') === '')
      errors.push(field.required(`${at}.containers[${i}].image`))
  }
  void owner
  return errors
}
