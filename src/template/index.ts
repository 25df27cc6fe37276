export type { RenderLimits } from './exec.ts'
export type { TemplateDeps } from './functions/function.ts'
export type { Engine } from './functions/index.ts'
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
