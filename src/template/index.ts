export { depsOf, type Chance } from './chance.ts'
export type { RenderLimits } from './exec.ts'
export type { TemplateDeps } from './functions/function.ts'
export { generateKey, type KeyKind } from './generate-key.ts'
export { signaturesOf, type Engine } from './functions/index.ts'
export { TemplateFault, type FaultClass, type Phase } from './template-fault.ts'
export {
  dataValue,
  parseTemplate,
  render,
  templateLimits,
  type RenderOptions,
  type Template,
  type TemplateOptions,
} from './template.ts'
export { rewriteKeys, type RewriteMerge, type RewriteStep } from './rewrite.ts'
export { keysAndValues, renderScoped, type ScopedTemplate, type TemplateScope } from './scope.ts'
