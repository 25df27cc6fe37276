export { placeOf, type Origin, type Rendered, type RenderedObject } from './manifest.ts'
export { render } from './render.ts'
export type { RenderRequest, Substitution } from './request.ts'
export { groupKindOf } from './transform.ts'
export {
  isLeftOut,
  substituteObject,
  substituteText,
  SubstitutionFault,
  variablesOf,
  type SubstituteOptions,
  type Variables,
  type VariableSource,
} from './substitute.ts'
