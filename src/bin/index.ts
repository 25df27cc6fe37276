export { connect, serverAccess, type ConnectOptions } from './connect.ts'
export {
  controllerSets,
  createOperator,
  type ControllerSet,
  type Operator,
  type OperatorOptions,
} from './operator.ts'
