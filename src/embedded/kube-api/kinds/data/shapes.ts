/** Written by scripts/kube-kinds.ts from Kubernetes 1.36.1; not edited by hand. */
export const shapeText: string = `
admissionregistration.v1.ApplyConfiguration expression=string#1
admissionregistration.v1.AuditAnnotation key*+=string#1 valueExpression*+=string#2
admissionregistration.v1.ExpressionWarning fieldRef*+=string#2 warning*+=string#3
admissionregistration.v1.JSONPatch expression=string#1
admissionregistration.v1.MatchCondition name*+=string#1 expression*+=string#2
admissionregistration.v1.MatchResources! namespaceSelector=meta.v1.LabelSelector#1 objectSelector=meta.v1.LabelSelector#2 resourceRules=[]admissionregistration.v1.NamedRuleWithOperations#3 excludeResourceRules=[]admissionregistration.v1.NamedRuleWithOperations#4 matchPolicy%=string'v1.MatchPolicyType#7
admissionregistration.v1.MutatingAdmissionPolicy kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=admissionregistration.v1.MutatingAdmissionPolicySpec#2
admissionregistration.v1.MutatingAdmissionPolicyBinding kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=admissionregistration.v1.MutatingAdmissionPolicyBindingSpec#2
admissionregistration.v1.MutatingAdmissionPolicyBindingSpec policyName=string#1 paramRef=admissionregistration.v1.ParamRef#2 matchResources=admissionregistration.v1.MatchResources#3
admissionregistration.v1.MutatingAdmissionPolicySpec paramKind=admissionregistration.v1.ParamKind#1 matchConstraints=admissionregistration.v1.MatchResources#2 variables=[]admissionregistration.v1.Variable#3 mutations=[]admissionregistration.v1.Mutation#4 failurePolicy%=string'v1.FailurePolicyType#5 matchConditions=[name]admissionregistration.v1.MatchCondition~name#6 reinvocationPolicy=string'v1.ReinvocationPolicyType#7
admissionregistration.v1.MutatingWebhook name*+=string#1 clientConfig*+=admissionregistration.v1.WebhookClientConfig#2 rules=[]admissionregistration.v1.RuleWithOperations#3 failurePolicy%=string'v1.FailurePolicyType#4 matchPolicy%=string'v1.MatchPolicyType#9 namespaceSelector=meta.v1.LabelSelector#5 objectSelector=meta.v1.LabelSelector#11 sideEffects*?=string'v1.SideEffectClass#6 timeoutSeconds%=int32#7 admissionReviewVersions*+=[]string#8 reinvocationPolicy%=string'v1.ReinvocationPolicyType#10 matchConditions=[name]admissionregistration.v1.MatchCondition~name#12
admissionregistration.v1.MutatingWebhookConfiguration kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 webhooks=[name]admissionregistration.v1.MutatingWebhook~name <Webhooks=admissionregistration.v1.MutatingWebhook#2
admissionregistration.v1.Mutation patchType*+=string'v1.PatchType#2 applyConfiguration=admissionregistration.v1.ApplyConfiguration#3 jsonPatch=admissionregistration.v1.JSONPatch#4
admissionregistration.v1.NamedRuleWithOperations! resourceNames=[]string#1 operations=[]string'v1.OperationType apiGroups=[]string apiVersions=[]string resources=[]string scope%=string'v1.ScopeType <ruleWithOperations=admissionregistration.v1.RuleWithOperations#2
admissionregistration.v1.ParamKind! apiVersion=string#1 kind=string#2
admissionregistration.v1.ParamRef! name=string#1 namespace=string#2 selector=meta.v1.LabelSelector#3 parameterNotFoundAction%=string'v1.ParameterNotFoundActionType#4
admissionregistration.v1.Rule& apiGroups#1 apiVersions#2 resources#3 scope#4
admissionregistration.v1.RuleWithOperations operations=[]string'v1.OperationType#1 apiGroups=[]string apiVersions=[]string resources=[]string scope%=string'v1.ScopeType <rule=admissionregistration.v1.Rule#2
admissionregistration.v1.ServiceReference namespace*+=string#1 name*+=string#2 path%=string#3 port%=int32#4
admissionregistration.v1.TypeChecking expressionWarnings=[]admissionregistration.v1.ExpressionWarning#1
admissionregistration.v1.ValidatingAdmissionPolicy kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=admissionregistration.v1.ValidatingAdmissionPolicySpec#2 status+=admissionregistration.v1.ValidatingAdmissionPolicyStatus#3
admissionregistration.v1.ValidatingAdmissionPolicyBinding kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec#2
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec policyName*=string#1 paramRef=admissionregistration.v1.ParamRef#2 matchResources=admissionregistration.v1.MatchResources#3 validationActions*=[=]string'v1.ValidationAction#4
admissionregistration.v1.ValidatingAdmissionPolicySpec paramKind=admissionregistration.v1.ParamKind#1 matchConstraints=admissionregistration.v1.MatchResources#2 validations=[]admissionregistration.v1.Validation#3 failurePolicy%=string'v1.FailurePolicyType#4 auditAnnotations=[]admissionregistration.v1.AuditAnnotation#5 matchConditions=[name]admissionregistration.v1.MatchCondition~name#6 variables=[name]admissionregistration.v1.Variable~name#7
admissionregistration.v1.ValidatingAdmissionPolicyStatus observedGeneration=int64#1 typeChecking=admissionregistration.v1.TypeChecking#2 conditions=[type]meta.v1.Condition#3
admissionregistration.v1.ValidatingWebhook name*+=string#1 clientConfig*+=admissionregistration.v1.WebhookClientConfig#2 rules=[]admissionregistration.v1.RuleWithOperations#3 failurePolicy%=string'v1.FailurePolicyType#4 matchPolicy%=string'v1.MatchPolicyType#9 namespaceSelector=meta.v1.LabelSelector#5 objectSelector=meta.v1.LabelSelector#10 sideEffects*?=string'v1.SideEffectClass#6 timeoutSeconds%=int32#7 admissionReviewVersions*+=[]string#8 matchConditions=[name]admissionregistration.v1.MatchCondition~name#11
admissionregistration.v1.ValidatingWebhookConfiguration kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 webhooks=[name]admissionregistration.v1.ValidatingWebhook~name <Webhooks=admissionregistration.v1.ValidatingWebhook#2
admissionregistration.v1.Validation expression*+=string message=string#2 reason%=string'v1.StatusReason#3 messageExpression=string#4
admissionregistration.v1.Variable! name*+=string expression*+=string
admissionregistration.v1.WebhookClientConfig url%=string#3 service=admissionregistration.v1.ServiceReference#1 caBundle=bytes#2
apiextensions.v1.CustomResourceColumnDefinition? description=string format=string jsonPath*=string name*=string priority=int32 type*=string
apiextensions.v1.CustomResourceConversion? strategy*=string webhook=apiextensions.v1.WebhookConversion
apiextensions.v1.CustomResourceDefinition? kind=string metadata=meta.v1.ObjectMeta spec*=apiextensions.v1.CustomResourceDefinitionSpec status=apiextensions.v1.CustomResourceDefinitionStatus apiVersion=string
apiextensions.v1.CustomResourceDefinitionCondition? lastTransitionTime=time message=string observedGeneration=int64 reason=string status*=string type*=string
apiextensions.v1.CustomResourceDefinitionNames? categories=[]string kind*=string listKind=string plural*=string shortNames=[]string singular=string
apiextensions.v1.CustomResourceDefinitionSpec? conversion=apiextensions.v1.CustomResourceConversion group*=string names*=apiextensions.v1.CustomResourceDefinitionNames preserveUnknownFields=bool scope*=string versions*=[]apiextensions.v1.CustomResourceDefinitionVersion
apiextensions.v1.CustomResourceDefinitionStatus? acceptedNames=apiextensions.v1.CustomResourceDefinitionNames conditions=[type]apiextensions.v1.CustomResourceDefinitionCondition observedGeneration=int64 storedVersions=[]string
apiextensions.v1.CustomResourceDefinitionVersion? additionalPrinterColumns=[]apiextensions.v1.CustomResourceColumnDefinition deprecated=bool deprecationWarning=string name*=string schema=apiextensions.v1.CustomResourceValidation selectableFields=[]apiextensions.v1.SelectableField served*=bool storage*=bool subresources=apiextensions.v1.CustomResourceSubresources
apiextensions.v1.CustomResourceSubresourceScale? labelSelectorPath=string specReplicasPath*=string statusReplicasPath*=string
apiextensions.v1.CustomResourceSubresourceStatus? 
apiextensions.v1.CustomResourceSubresources? scale=apiextensions.v1.CustomResourceSubresourceScale status=apiextensions.v1.CustomResourceSubresourceStatus
apiextensions.v1.CustomResourceValidation? openAPIV3Schema=apiextensions.v1.JSONSchemaProps
apiextensions.v1.ExternalDocumentation? description=string url=string
apiextensions.v1.JSONSchemaProps? $ref=string $schema=string additionalItems=any additionalProperties=any allOf=[]apiextensions.v1.JSONSchemaProps anyOf=[]apiextensions.v1.JSONSchemaProps default=any definitions={}apiextensions.v1.JSONSchemaProps dependencies={}any description=string enum=[]any example=any exclusiveMaximum=bool exclusiveMinimum=bool externalDocs=apiextensions.v1.ExternalDocumentation format=string id=string items=any maxItems=int64 maxLength=int64 maxProperties=int64 maximum=double minItems=int64 minLength=int64 minProperties=int64 minimum=double multipleOf=double not=apiextensions.v1.JSONSchemaProps nullable=bool oneOf=[]apiextensions.v1.JSONSchemaProps pattern=string patternProperties={}apiextensions.v1.JSONSchemaProps properties={}apiextensions.v1.JSONSchemaProps required=[]string title=string type=string uniqueItems=bool x-kubernetes-embedded-resource=bool x-kubernetes-int-or-string=bool x-kubernetes-list-map-keys=[]string x-kubernetes-list-type=string x-kubernetes-map-type=string x-kubernetes-preserve-unknown-fields=bool x-kubernetes-validations=[rule]apiextensions.v1.ValidationRule~rule
apiextensions.v1.SelectableField? jsonPath*=string
apiextensions.v1.ServiceReference? name*=string namespace*=string path=string port=int32
apiextensions.v1.ValidationRule? fieldPath=string message=string messageExpression=string optionalOldSelf=bool reason=string rule*=string
apiextensions.v1.WebhookClientConfig? caBundle=bytes service=apiextensions.v1.ServiceReference url=string
apiextensions.v1.WebhookConversion? clientConfig=apiextensions.v1.WebhookClientConfig conversionReviewVersions*=[]string
apiregistration.v1.APIService? kind=string metadata=meta.v1.ObjectMeta spec=apiregistration.v1.APIServiceSpec status=apiregistration.v1.APIServiceStatus apiVersion=string
apiregistration.v1.APIServiceCondition? lastTransitionTime=time message=string reason=string status*=string type*=string
apiregistration.v1.APIServiceSpec? caBundle=bytes group=string groupPriorityMinimum*=int32 insecureSkipTLSVerify=bool service=apiregistration.v1.ServiceReference version=string versionPriority*=int32
apiregistration.v1.APIServiceStatus? conditions=[type]apiregistration.v1.APIServiceCondition~type
apiregistration.v1.ServiceReference? name=string namespace=string port=int32
apps.v1.ControllerRevision kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 data+=raw#2 revision*+=int64#3
apps.v1.DaemonSet kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.DaemonSetSpec#2 status+=apps.v1.DaemonSetStatus#3
apps.v1.DaemonSetCondition type*+=string'v1.DaemonSetConditionType#1 status*+=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
apps.v1.DaemonSetSpec selector*?=meta.v1.LabelSelector#1 template*+=core.v1.PodTemplateSpec#2 updateStrategy+=apps.v1.DaemonSetUpdateStrategy#3 minReadySeconds=int32#4 revisionHistoryLimit%=int32#6
apps.v1.DaemonSetStatus currentNumberScheduled*+=int32#1 numberMisscheduled*+=int32#2 desiredNumberScheduled*+=int32#3 numberReady*+=int32#4 observedGeneration=int64#5 updatedNumberScheduled=int32#6 numberAvailable=int32#7 numberUnavailable=int32#8 collisionCount%=int32#9 conditions=[type]apps.v1.DaemonSetCondition~type#10
apps.v1.DaemonSetUpdateStrategy type=string'v1.DaemonSetUpdateStrategyType#1 rollingUpdate=apps.v1.RollingUpdateDaemonSet#2
apps.v1.Deployment kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.DeploymentSpec#2 status+=apps.v1.DeploymentStatus#3
apps.v1.DeploymentCondition type*+=string'v1.DeploymentConditionType#1 status*+=string'v1.ConditionStatus#2 lastUpdateTime+=time#6 lastTransitionTime+=time#7 reason=string#4 message=string#5
apps.v1.DeploymentSpec replicas%=int32#1 selector*?=meta.v1.LabelSelector#2 template*+=core.v1.PodTemplateSpec#3 strategy+=apps.v1.DeploymentStrategy^#4 minReadySeconds=int32#5 revisionHistoryLimit%=int32#6 paused=bool#7 progressDeadlineSeconds%=int32#9
apps.v1.DeploymentStatus observedGeneration=int64#1 replicas=int32#2 updatedReplicas=int32#3 readyReplicas=int32#7 availableReplicas=int32#4 unavailableReplicas=int32#5 terminatingReplicas%=int32#9 conditions=[type]apps.v1.DeploymentCondition~type#6 collisionCount%=int32#8
apps.v1.DeploymentStrategy type=string'v1.DeploymentStrategyType#1 rollingUpdate=apps.v1.RollingUpdateDeployment#2
apps.v1.ReplicaSet kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.ReplicaSetSpec#2 status+=apps.v1.ReplicaSetStatus#3
apps.v1.ReplicaSetCondition type*+=string'v1.ReplicaSetConditionType#1 status*+=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
apps.v1.ReplicaSetSpec replicas%=int32#1 minReadySeconds=int32#4 selector*?=meta.v1.LabelSelector#2 template+=core.v1.PodTemplateSpec#3
apps.v1.ReplicaSetStatus replicas*+=int32#1 fullyLabeledReplicas=int32#2 readyReplicas=int32#4 availableReplicas=int32#5 terminatingReplicas%=int32#7 observedGeneration=int64#3 conditions=[type]apps.v1.ReplicaSetCondition~type#6
apps.v1.RollingUpdateDaemonSet maxUnavailable%=intstr#1 maxSurge%=intstr#2
apps.v1.RollingUpdateDeployment maxUnavailable%=intstr#1 maxSurge%=intstr#2
apps.v1.RollingUpdateStatefulSetStrategy partition%=int32#1 maxUnavailable%=intstr#2
apps.v1.StatefulSet kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.StatefulSetSpec#2 status+=apps.v1.StatefulSetStatus#3
apps.v1.StatefulSetCondition type*+=string'v1.StatefulSetConditionType#1 status*+=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
apps.v1.StatefulSetOrdinals start+=int32#1
apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted=string'v1.PersistentVolumeClaimRetentionPolicyType#1 whenScaled=string'v1.PersistentVolumeClaimRetentionPolicyType#2
apps.v1.StatefulSetSpec replicas%=int32#1 selector*?=meta.v1.LabelSelector#2 template*+=core.v1.PodTemplateSpec#3 volumeClaimTemplates=[]core.v1.PersistentVolumeClaim#4 serviceName+=string#5 podManagementPolicy=string'v1.PodManagementPolicyType#6 updateStrategy+=apps.v1.StatefulSetUpdateStrategy#7 revisionHistoryLimit%=int32#8 minReadySeconds=int32#9 persistentVolumeClaimRetentionPolicy=apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy#10 ordinals=apps.v1.StatefulSetOrdinals#11
apps.v1.StatefulSetStatus observedGeneration=int64#1 replicas*+=int32#2 readyReplicas=int32#3 currentReplicas=int32#4 updatedReplicas=int32#5 currentRevision=string#6 updateRevision=string#7 collisionCount%=int32#9 conditions=[type]apps.v1.StatefulSetCondition~type#10 availableReplicas+=int32#11
apps.v1.StatefulSetUpdateStrategy type=string'v1.StatefulSetUpdateStrategyType#1 rollingUpdate=apps.v1.RollingUpdateStatefulSetStrategy#2
authentication.v1.BoundObjectReference kind=string#1 apiVersion=string#2 name=string#3 uid=string'types.UID
authentication.v1.SelfSubjectReview kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 status+=authentication.v1.SelfSubjectReviewStatus#2
authentication.v1.SelfSubjectReviewStatus userInfo+=authentication.v1.UserInfo#1
authentication.v1.TokenRequest kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=authentication.v1.TokenRequestSpec#2 status+=authentication.v1.TokenRequestStatus#3
authentication.v1.TokenRequestSpec audiences+=[]string#1 expirationSeconds?=int64#4 boundObjectRef?=authentication.v1.BoundObjectReference#3
authentication.v1.TokenRequestStatus token+=string#1 expirationTimestamp+=time#2
authentication.v1.TokenReview kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=authentication.v1.TokenReviewSpec#2 status+=authentication.v1.TokenReviewStatus#3
authentication.v1.TokenReviewSpec token*=string#1 audiences=[]string#2
authentication.v1.TokenReviewStatus authenticated=bool#1 user+=authentication.v1.UserInfo#2 audiences=[]string#4 error=string#3
authentication.v1.UserInfo username=string#1 uid=string#2 groups=[]string#3 extra={}[]string#4
authorization.v1.FieldSelectorAttributes rawSelector=string#1 requirements=[]meta.v1.FieldSelectorRequirement#2
authorization.v1.LabelSelectorAttributes rawSelector=string#1 requirements=[]meta.v1.LabelSelectorRequirement#2
authorization.v1.LocalSubjectAccessReview kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SubjectAccessReviewSpec#2 status+=authorization.v1.SubjectAccessReviewStatus#3
authorization.v1.NonResourceAttributes path=string#1 verb=string#2
authorization.v1.NonResourceRule verbs*+=[]string#1 nonResourceURLs=[]string#2
authorization.v1.ResourceAttributes namespace=string#1 verb=string#2 group=string#3 version=string#4 resource=string#5 subresource=string#6 name=string#7 fieldSelector=authorization.v1.FieldSelectorAttributes#8 labelSelector=authorization.v1.LabelSelectorAttributes#9
authorization.v1.ResourceRule verbs*+=[]string#1 apiGroups=[]string#2 resources=[]string#3 resourceNames=[]string#4
authorization.v1.SelfSubjectAccessReview kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SelfSubjectAccessReviewSpec#2 status+=authorization.v1.SubjectAccessReviewStatus#3
authorization.v1.SelfSubjectAccessReviewSpec resourceAttributes=authorization.v1.ResourceAttributes#1 nonResourceAttributes=authorization.v1.NonResourceAttributes#2
authorization.v1.SelfSubjectRulesReview kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SelfSubjectRulesReviewSpec#2 status+=authorization.v1.SubjectRulesReviewStatus#3
authorization.v1.SelfSubjectRulesReviewSpec namespace=string#1
authorization.v1.SubjectAccessReview kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SubjectAccessReviewSpec#2 status+=authorization.v1.SubjectAccessReviewStatus#3
authorization.v1.SubjectAccessReviewSpec resourceAttributes=authorization.v1.ResourceAttributes#1 nonResourceAttributes=authorization.v1.NonResourceAttributes#2 user=string#3 groups=[]string#4 extra={}[]string#5 uid=string#6
authorization.v1.SubjectAccessReviewStatus allowed*+=bool#1 denied=bool#4 reason=string#2 evaluationError=string#3
authorization.v1.SubjectRulesReviewStatus resourceRules*+=[]authorization.v1.ResourceRule#1 nonResourceRules*+=[]authorization.v1.NonResourceRule#2 incomplete*+=bool#3 evaluationError=string#4
autoscaling.v1.CrossVersionObjectReference! kind*+=string#1 name*+=string#2 apiVersion=string#3
autoscaling.v1.HorizontalPodAutoscaler kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=autoscaling.v1.HorizontalPodAutoscalerSpec#2 status+=autoscaling.v1.HorizontalPodAutoscalerStatus#3
autoscaling.v1.HorizontalPodAutoscalerSpec scaleTargetRef*+=autoscaling.v1.CrossVersionObjectReference#1 minReplicas%=int32#2 maxReplicas*+=int32#3 targetCPUUtilizationPercentage%=int32#4
autoscaling.v1.HorizontalPodAutoscalerStatus observedGeneration%=int64#1 lastScaleTime%=time#2 currentReplicas*+=int32#3 desiredReplicas*+=int32#4 currentCPUUtilizationPercentage%=int32#5
autoscaling.v1.Scale kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=autoscaling.v1.ScaleSpec#2 status+=autoscaling.v1.ScaleStatus#3
autoscaling.v1.ScaleSpec replicas=int32#1
autoscaling.v1.ScaleStatus replicas*+=int32#1 selector=string#2
autoscaling.v2.ContainerResourceMetricSource name*+=string'v1.ResourceName#1 target*+=autoscaling.v2.MetricTarget#2 container*+=string#3
autoscaling.v2.ContainerResourceMetricStatus name*+=string'v1.ResourceName#1 current*+=autoscaling.v2.MetricValueStatus#2 container*+=string#3
autoscaling.v2.CrossVersionObjectReference kind*+=string#1 name*+=string#2 apiVersion=string#3
autoscaling.v2.ExternalMetricSource metric*+=autoscaling.v2.MetricIdentifier#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.ExternalMetricStatus metric*+=autoscaling.v2.MetricIdentifier#1 current*+=autoscaling.v2.MetricValueStatus#2
autoscaling.v2.HPAScalingPolicy type*+=string'v2.HPAScalingPolicyType#1 value*+=int32#2 periodSeconds*+=int32#3
autoscaling.v2.HPAScalingRules stabilizationWindowSeconds%=int32#3 selectPolicy%=string'v2.ScalingPolicySelect#1 policies=[]autoscaling.v2.HPAScalingPolicy#2 tolerance%=quantity#4
autoscaling.v2.HorizontalPodAutoscaler kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=autoscaling.v2.HorizontalPodAutoscalerSpec#2 status+=autoscaling.v2.HorizontalPodAutoscalerStatus#3
autoscaling.v2.HorizontalPodAutoscalerBehavior scaleUp=autoscaling.v2.HPAScalingRules#1 scaleDown=autoscaling.v2.HPAScalingRules#2
autoscaling.v2.HorizontalPodAutoscalerCondition type*+=string'v2.HorizontalPodAutoscalerConditionType#1 status*+=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
autoscaling.v2.HorizontalPodAutoscalerSpec scaleTargetRef*+=autoscaling.v2.CrossVersionObjectReference#1 minReplicas%=int32#2 maxReplicas*+=int32#3 metrics=[]autoscaling.v2.MetricSpec#4 behavior=autoscaling.v2.HorizontalPodAutoscalerBehavior#5
autoscaling.v2.HorizontalPodAutoscalerStatus observedGeneration%=int64#1 lastScaleTime%=time#2 currentReplicas=int32#3 desiredReplicas*+=int32#4 currentMetrics+=[]autoscaling.v2.MetricStatus#5 conditions=[type]autoscaling.v2.HorizontalPodAutoscalerCondition~type#6
autoscaling.v2.MetricIdentifier name*+=string#1 selector=meta.v1.LabelSelector#2
autoscaling.v2.MetricSpec type*+=string'v2.MetricSourceType#1 object=autoscaling.v2.ObjectMetricSource#2 pods=autoscaling.v2.PodsMetricSource#3 resource=autoscaling.v2.ResourceMetricSource#4 containerResource=autoscaling.v2.ContainerResourceMetricSource#7 external=autoscaling.v2.ExternalMetricSource#5
autoscaling.v2.MetricStatus type*+=string'v2.MetricSourceType#1 object=autoscaling.v2.ObjectMetricStatus#2 pods=autoscaling.v2.PodsMetricStatus#3 resource=autoscaling.v2.ResourceMetricStatus#4 containerResource=autoscaling.v2.ContainerResourceMetricStatus#7 external=autoscaling.v2.ExternalMetricStatus#5
autoscaling.v2.MetricTarget type*+=string'v2.MetricTargetType#1 value%=quantity#2 averageValue%=quantity#3 averageUtilization%=int32#4
autoscaling.v2.MetricValueStatus value%=quantity#1 averageValue%=quantity#2 averageUtilization%=int32#3
autoscaling.v2.ObjectMetricSource describedObject*+=autoscaling.v2.CrossVersionObjectReference#1 target*+=autoscaling.v2.MetricTarget#2 metric*+=autoscaling.v2.MetricIdentifier#3
autoscaling.v2.ObjectMetricStatus metric*+=autoscaling.v2.MetricIdentifier#1 current*+=autoscaling.v2.MetricValueStatus#2 describedObject*+=autoscaling.v2.CrossVersionObjectReference#3
autoscaling.v2.PodsMetricSource metric*+=autoscaling.v2.MetricIdentifier#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.PodsMetricStatus metric*+=autoscaling.v2.MetricIdentifier#1 current*+=autoscaling.v2.MetricValueStatus#2
autoscaling.v2.ResourceMetricSource name*+=string'v1.ResourceName#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.ResourceMetricStatus name*+=string'v1.ResourceName#1 current*+=autoscaling.v2.MetricValueStatus#2
batch.v1.CronJob kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=batch.v1.CronJobSpec#2 status+=batch.v1.CronJobStatus#3
batch.v1.CronJobSpec schedule*+=string#1 timeZone%=string#8 startingDeadlineSeconds%=int64#2 concurrencyPolicy=string'v1.ConcurrencyPolicy#3 suspend%=bool#4 jobTemplate*+=batch.v1.JobTemplateSpec#5 successfulJobsHistoryLimit%=int32#6 failedJobsHistoryLimit%=int32#7
batch.v1.CronJobStatus active=[]core.v1.ObjectReference#1 lastScheduleTime%=time#4 lastSuccessfulTime%=time#5
batch.v1.Job kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=batch.v1.JobSpec#2 status+=batch.v1.JobStatus#3
batch.v1.JobCondition type*+=string'v1.JobConditionType#1 status*+=string'corev1.ConditionStatus#2 lastProbeTime+=time#3 lastTransitionTime+=time#4 reason=string#5 message=string#6
batch.v1.JobSpec parallelism%=int32#1 completions%=int32#2 activeDeadlineSeconds%=int64#3 podFailurePolicy=batch.v1.PodFailurePolicy#11 successPolicy=batch.v1.SuccessPolicy#16 backoffLimit%=int32#7 backoffLimitPerIndex%=int32#12 maxFailedIndexes%=int32#13 selector=meta.v1.LabelSelector#4 manualSelector%=bool#5 template*+=core.v1.PodTemplateSpec#6 ttlSecondsAfterFinished%=int32#8 completionMode%=string'v1.CompletionMode#9 suspend%=bool#10 podReplacementPolicy%=string'v1.PodReplacementPolicy#14 managedBy%=string#15
batch.v1.JobStatus conditions=[]batch.v1.JobCondition~type#1 startTime%=time#2 completionTime%=time#3 active=int32#4 succeeded=int32#5 failed=int32#6 terminating%=int32#11 completedIndexes=string#7 failedIndexes%=string#10 uncountedTerminatedPods=batch.v1.UncountedTerminatedPods#8 ready%=int32#9
batch.v1.JobTemplateSpec metadata+=meta.v1.ObjectMeta#1 spec+=batch.v1.JobSpec#2
batch.v1.PodFailurePolicy rules*+=[]batch.v1.PodFailurePolicyRule#1
batch.v1.PodFailurePolicyOnExitCodesRequirement containerName%=string#1 operator*+=string'v1.PodFailurePolicyOnExitCodesOperator#2 values*+=[=]int32#3
batch.v1.PodFailurePolicyOnPodConditionsPattern type*+=string'corev1.PodConditionType#1 status+=string'corev1.ConditionStatus#2
batch.v1.PodFailurePolicyRule action*+=string'v1.PodFailurePolicyAction#1 onExitCodes=batch.v1.PodFailurePolicyOnExitCodesRequirement#2 onPodConditions=[]batch.v1.PodFailurePolicyOnPodConditionsPattern#3
batch.v1.SuccessPolicy rules*+=[]batch.v1.SuccessPolicyRule#1
batch.v1.SuccessPolicyRule succeededIndexes%=string#1 succeededCount%=int32#2
batch.v1.UncountedTerminatedPods succeeded=[=]string'types.UID#1 failed=[=]string'types.UID#2
certificates.v1.CertificateSigningRequest kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=certificates.v1.CertificateSigningRequestSpec#2 status+=certificates.v1.CertificateSigningRequestStatus#3
certificates.v1.CertificateSigningRequestCondition type*+=string'v1.RequestConditionType#1 status*+=string'v1.ConditionStatus#6 reason=string#2 message=string#3 lastUpdateTime+=time#4 lastTransitionTime+=time#5
certificates.v1.CertificateSigningRequestSpec request*+=bytes#1 signerName*+=string#7 expirationSeconds%=int32#8 usages=[]string'v1.KeyUsage#5 username=string#2 uid=string#3 groups=[]string#4 extra={}[]string#6
certificates.v1.CertificateSigningRequestStatus conditions=[type]certificates.v1.CertificateSigningRequestCondition#1 certificate=bytes#2
coordination.v1.Lease kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=coordination.v1.LeaseSpec#2
coordination.v1.LeaseSpec holderIdentity%=string#1 leaseDurationSeconds%=int32#2 acquireTime%=microtime#3 renewTime%=microtime#4 leaseTransitions%=int32#5 strategy%=string'v1.CoordinatedLeaseStrategy#6 preferredHolder%=string#7
core.v1.AWSElasticBlockStoreVolumeSource volumeID*+=string#1 fsType=string#2 partition=int32#3 readOnly=bool#4
core.v1.Affinity nodeAffinity=core.v1.NodeAffinity#1 podAffinity=core.v1.PodAffinity#2 podAntiAffinity=core.v1.PodAntiAffinity#3
core.v1.AppArmorProfile type*+=string'v1.AppArmorProfileType#1 localhostProfile%=string#2
core.v1.AttachedVolume name*+=string'v1.UniqueVolumeName#1 devicePath*+=string#2
core.v1.AzureDiskVolumeSource diskName*+=string#1 diskURI*+=string#2 cachingMode%=string'v1.AzureDataDiskCachingMode#3 fsType%=string#4 readOnly%=bool#5 kind%=string'v1.AzureDataDiskKind#6
core.v1.AzureFilePersistentVolumeSource secretName*+=string#1 shareName*+=string#2 readOnly=bool#3 secretNamespace?=string#4
core.v1.AzureFileVolumeSource secretName*+=string#1 shareName*+=string#2 readOnly=bool#3
core.v1.Binding kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 target*+=core.v1.ObjectReference#2
core.v1.CSIPersistentVolumeSource driver*+=string#1 volumeHandle*+=string#2 readOnly=bool#3 fsType=string#4 volumeAttributes={}string#5 controllerPublishSecretRef=core.v1.SecretReference#6 nodeStageSecretRef=core.v1.SecretReference#7 nodePublishSecretRef=core.v1.SecretReference#8 controllerExpandSecretRef=core.v1.SecretReference#9 nodeExpandSecretRef=core.v1.SecretReference#10
core.v1.CSIVolumeSource driver*+=string#1 readOnly%=bool#2 fsType%=string#3 volumeAttributes={}string#4 nodePublishSecretRef=core.v1.LocalObjectReference#5
core.v1.Capabilities add=[]string'v1.Capability#1 drop=[]string'v1.Capability#2
core.v1.CephFSPersistentVolumeSource monitors*+=[]string#1 path=string#2 user=string#3 secretFile=string#4 secretRef=core.v1.SecretReference#5 readOnly=bool#6
core.v1.CephFSVolumeSource monitors*+=[]string#1 path=string#2 user=string#3 secretFile=string#4 secretRef=core.v1.LocalObjectReference#5 readOnly=bool#6
core.v1.CinderPersistentVolumeSource volumeID*+=string#1 fsType=string#2 readOnly=bool#3 secretRef=core.v1.SecretReference#4
core.v1.CinderVolumeSource volumeID*+=string#1 fsType=string#2 readOnly=bool#3 secretRef=core.v1.LocalObjectReference#4
core.v1.ClientIPConfig timeoutSeconds%=int32#1
core.v1.ClusterTrustBundleProjection name%=string#1 signerName%=string#2 labelSelector=meta.v1.LabelSelector#3 optional%=bool#5 path*+=string#4
core.v1.ComponentCondition type*+=string'v1.ComponentConditionType#1 status*+=string'v1.ConditionStatus#2 message=string#3 error=string#4
core.v1.ComponentStatus kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 conditions=[type]core.v1.ComponentCondition~type#2
core.v1.ConfigMap kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 immutable%=bool#4 data={}string#2 binaryData={}bytes#3
core.v1.ConfigMapEnvSource name=string optional%=bool#2 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.ConfigMapKeySelector! name=string key*+=string#2 optional%=bool#3 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.ConfigMapNodeConfigSource namespace*+=string#1 name*+=string#2 uid=string'types.UID#3 resourceVersion=string#4 kubeletConfigKey*+=string#5
core.v1.ConfigMapProjection name=string items=[]core.v1.KeyToPath#2 optional%=bool#4 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.ConfigMapVolumeSource name=string items=[]core.v1.KeyToPath#2 defaultMode%=int32#3 optional%=bool#4 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.Container name*+=string#1 image=string#2 command=[]string#3 args=[]string#4 workingDir=string#5 ports=[containerPort,protocol]core.v1.ContainerPort~containerPort#6 envFrom=[]core.v1.EnvFromSource#19 env=[name]core.v1.EnvVar~name#7 resources+=core.v1.ResourceRequirements#8 resizePolicy=[]core.v1.ContainerResizePolicy#23 restartPolicy%=string'v1.ContainerRestartPolicy#24 restartPolicyRules=[]core.v1.ContainerRestartRule#25 volumeMounts=[mountPath]core.v1.VolumeMount~mountPath#9 volumeDevices=[devicePath]core.v1.VolumeDevice~devicePath#21 livenessProbe=core.v1.Probe#10 readinessProbe=core.v1.Probe#11 startupProbe=core.v1.Probe#22 lifecycle=core.v1.Lifecycle#12 terminationMessagePath=string#13 terminationMessagePolicy=string'v1.TerminationMessagePolicy#20 imagePullPolicy=string'v1.PullPolicy#14 securityContext=core.v1.SecurityContext#15 stdin=bool#16 stdinOnce=bool#17 tty=bool#18
core.v1.ContainerExtendedResourceRequest containerName*+=string#1 resourceName*+=string#2 requestName*+=string#3
core.v1.ContainerImage names+=[]string#1 sizeBytes=int64#2
core.v1.ContainerPort name=string#1 hostPort=int32#2 containerPort*+=int32#3 protocol=string'v1.Protocol#4 hostIP=string#5
core.v1.ContainerResizePolicy resourceName*+=string'v1.ResourceName#1 restartPolicy*+=string'v1.ResourceResizeRestartPolicy#2
core.v1.ContainerRestartRule action*=string'v1.ContainerRestartRuleAction#1 exitCodes=core.v1.ContainerRestartRuleOnExitCodes#2
core.v1.ContainerRestartRuleOnExitCodes operator*=string'v1.ContainerRestartRuleOnExitCodesOperator#1 values=[=]int32#2
core.v1.ContainerState waiting=core.v1.ContainerStateWaiting#1 running=core.v1.ContainerStateRunning#2 terminated=core.v1.ContainerStateTerminated#3
core.v1.ContainerStateRunning startedAt+=time#1
core.v1.ContainerStateTerminated exitCode*+=int32#1 signal=int32#2 reason=string#3 message=string#4 startedAt+=time#5 finishedAt+=time#6 containerID=string#7
core.v1.ContainerStateWaiting reason=string#1 message=string#2
core.v1.ContainerStatus name*+=string#1 state+=core.v1.ContainerState#2 lastState+=core.v1.ContainerState#3 ready*+=bool#4 restartCount*+=int32#5 image*+=string#6 imageID*+=string#7 containerID=string#8 started%=bool#9 allocatedResources={}quantity#10 resources=core.v1.ResourceRequirements#11 volumeMounts=[mountPath]core.v1.VolumeMountStatus~mountPath#12 user=core.v1.ContainerUser#13 allocatedResourcesStatus=[name]core.v1.ResourceStatus~name#14 stopSignal%=string'v1.Signal#15
core.v1.ContainerUser linux=core.v1.LinuxContainerUser#1
core.v1.DaemonEndpoint Port*+=int32#1
core.v1.DownwardAPIProjection items=[]core.v1.DownwardAPIVolumeFile#1
core.v1.DownwardAPIVolumeFile path*+=string#1 fieldRef=core.v1.ObjectFieldSelector#2 resourceFieldRef=core.v1.ResourceFieldSelector#3 mode%=int32#4
core.v1.DownwardAPIVolumeSource items=[]core.v1.DownwardAPIVolumeFile#1 defaultMode%=int32#2
core.v1.EmptyDirVolumeSource medium=string'v1.StorageMedium#1 sizeLimit%=quantity#2
core.v1.EndpointAddress! ip*+=string#1 hostname=string#3 nodeName%=string#4 targetRef=core.v1.ObjectReference#2
core.v1.EndpointPort! name=string#1 port*+=int32#2 protocol=string'v1.Protocol#3 appProtocol%=string#4
core.v1.EndpointSubset addresses=[]core.v1.EndpointAddress#1 notReadyAddresses=[]core.v1.EndpointAddress#2 ports=[]core.v1.EndpointPort#3
core.v1.Endpoints kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 subsets=[]core.v1.EndpointSubset#2
core.v1.EnvFromSource prefix=string#1 configMapRef=core.v1.ConfigMapEnvSource#2 secretRef=core.v1.SecretEnvSource#3
core.v1.EnvVar name*+=string#1 value=string#2 valueFrom=core.v1.EnvVarSource#3
core.v1.EnvVarSource fieldRef=core.v1.ObjectFieldSelector#1 resourceFieldRef=core.v1.ResourceFieldSelector#2 configMapKeyRef=core.v1.ConfigMapKeySelector#3 secretKeyRef=core.v1.SecretKeySelector#4 fileKeyRef=core.v1.FileKeySelector#5
core.v1.EphemeralContainer name*+=string image=string command=[]string args=[]string workingDir=string ports=[containerPort,protocol]core.v1.ContainerPort~containerPort envFrom=[]core.v1.EnvFromSource env=[name]core.v1.EnvVar~name resources+=core.v1.ResourceRequirements resizePolicy=[]core.v1.ContainerResizePolicy restartPolicy%=string'v1.ContainerRestartPolicy restartPolicyRules=[]core.v1.ContainerRestartRule volumeMounts=[mountPath]core.v1.VolumeMount~mountPath volumeDevices=[devicePath]core.v1.VolumeDevice~devicePath livenessProbe=core.v1.Probe readinessProbe=core.v1.Probe startupProbe=core.v1.Probe lifecycle=core.v1.Lifecycle terminationMessagePath=string terminationMessagePolicy=string'v1.TerminationMessagePolicy imagePullPolicy=string'v1.PullPolicy securityContext=core.v1.SecurityContext stdin=bool stdinOnce=bool tty=bool targetContainerName=string#2 <ephemeralContainerCommon=core.v1.EphemeralContainerCommon#1
core.v1.EphemeralContainerCommon& name#1 image#2 command#3 args#4 workingDir#5 ports#6 envFrom#19 env#7 resources#8 resizePolicy#23 restartPolicy#24 restartPolicyRules#25 volumeMounts#9 volumeDevices#21 livenessProbe#10 readinessProbe#11 startupProbe#22 lifecycle#12 terminationMessagePath#13 terminationMessagePolicy#20 imagePullPolicy#14 securityContext#15 stdin#16 stdinOnce#17 tty#18
core.v1.EphemeralVolumeSource volumeClaimTemplate=core.v1.PersistentVolumeClaimTemplate#1
core.v1.Event kind=string apiVersion=string metadata*+=meta.v1.ObjectMeta#1 involvedObject*+=core.v1.ObjectReference#2 reason=string#3 message=string#4 source+=core.v1.EventSource#5 firstTimestamp+=time#6 lastTimestamp+=time#7 count=int32#8 type=string#9 eventTime+=microtime#10 series=core.v1.EventSeries#11 action=string#12 related=core.v1.ObjectReference#13 reportingComponent+=string#14 reportingInstance+=string#15
core.v1.EventSeries count=int32#1 lastObservedTime+=microtime#2
core.v1.EventSource component=string#1 host=string#2
core.v1.ExecAction command=[]string#1
core.v1.FCVolumeSource targetWWNs=[]string#1 lun%=int32#2 fsType=string#3 readOnly=bool#4 wwids=[]string#5
core.v1.FileKeySelector! volumeName*+=string#1 path*+=string#2 key*+=string#3 optional%=bool#4
core.v1.FlexPersistentVolumeSource driver*+=string#1 fsType=string#2 secretRef=core.v1.SecretReference#3 readOnly=bool#4 options={}string#5
core.v1.FlexVolumeSource driver*+=string#1 fsType=string#2 secretRef=core.v1.LocalObjectReference#3 readOnly=bool#4 options={}string#5
core.v1.FlockerVolumeSource datasetName=string#1 datasetUUID=string#2
core.v1.GCEPersistentDiskVolumeSource pdName*+=string#1 fsType=string#2 partition=int32#3 readOnly=bool#4
core.v1.GRPCAction port*+=int32#1 service?=string#2
core.v1.GitRepoVolumeSource repository*+=string#1 revision=string#2 directory=string#3
core.v1.GlusterfsPersistentVolumeSource endpoints*+=string#1 path*+=string#2 readOnly=bool#3 endpointsNamespace%=string#4
core.v1.GlusterfsVolumeSource endpoints*+=string#1 path*+=string#2 readOnly=bool#3
core.v1.HTTPGetAction path=string#1 port*+=intstr#2 host=string#3 scheme=string'v1.URIScheme#4 httpHeaders=[]core.v1.HTTPHeader#5
core.v1.HTTPHeader name*+=string#1 value*+=string#2
core.v1.HostAlias ip*+=string#1 hostnames=[]string#2
core.v1.HostIP ip*+=string#1
core.v1.HostPathVolumeSource path*+=string#1 type%=string'v1.HostPathType#2
core.v1.ISCSIPersistentVolumeSource targetPortal*+=string#1 iqn*+=string#2 lun*+=int32#3 iscsiInterface=string#4 fsType=string#5 readOnly=bool#6 portals=[]string#7 chapAuthDiscovery=bool#8 chapAuthSession=bool#11 secretRef=core.v1.SecretReference#10 initiatorName%=string#12
core.v1.ISCSIVolumeSource targetPortal*+=string#1 iqn*+=string#2 lun*+=int32#3 iscsiInterface=string#4 fsType=string#5 readOnly=bool#6 portals=[]string#7 chapAuthDiscovery=bool#8 chapAuthSession=bool#11 secretRef=core.v1.LocalObjectReference#10 initiatorName%=string#12
core.v1.ImageVolumeSource reference=string#1 pullPolicy=string'v1.PullPolicy#2
core.v1.ImageVolumeStatus imageRef*=string#1
core.v1.KeyToPath key*+=string#1 path*+=string#2 mode%=int32#3
core.v1.Lifecycle postStart=core.v1.LifecycleHandler#1 preStop=core.v1.LifecycleHandler#2 stopSignal%=string'v1.Signal#3
core.v1.LifecycleHandler exec=core.v1.ExecAction#1 httpGet=core.v1.HTTPGetAction#2 tcpSocket=core.v1.TCPSocketAction#3 sleep=core.v1.SleepAction#4
core.v1.LimitRange kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.LimitRangeSpec#2
core.v1.LimitRangeItem type*+=string'v1.LimitType#1 max={}quantity#2 min={}quantity#3 default={}quantity#4 defaultRequest={}quantity#5 maxLimitRequestRatio={}quantity#6
core.v1.LimitRangeSpec limits*+=[]core.v1.LimitRangeItem#1
core.v1.LinuxContainerUser uid*+=int64#1 gid*+=int64#2 supplementalGroups=[]int64#3
core.v1.LoadBalancerIngress ip=string#1 hostname=string#2 ipMode%=string'v1.LoadBalancerIPMode#3 ports=[]core.v1.PortStatus#4
core.v1.LoadBalancerStatus ingress=[]core.v1.LoadBalancerIngress#1
core.v1.LocalObjectReference! name=string#1
core.v1.LocalVolumeSource path*+=string#1 fsType%=string#2
core.v1.ModifyVolumeStatus targetVolumeAttributesClassName=string#1 status*+=string'v1.PersistentVolumeClaimModifyVolumeStatus#2
core.v1.NFSVolumeSource server*+=string#1 path*+=string#2 readOnly=bool#3
core.v1.Namespace kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.NamespaceSpec#2 status+=core.v1.NamespaceStatus#3
core.v1.NamespaceCondition type*+=string'v1.NamespaceConditionType#1 status*+=string'v1.ConditionStatus#2 lastTransitionTime+=time#4 reason=string#5 message=string#6
core.v1.NamespaceSpec finalizers=[]string'v1.FinalizerName#1
core.v1.NamespaceStatus phase=string'v1.NamespacePhase#1 conditions=[type]core.v1.NamespaceCondition~type#2
core.v1.Node kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.NodeSpec#2 status+=core.v1.NodeStatus#3
core.v1.NodeAddress type*+=string'v1.NodeAddressType#1 address*+=string#2
core.v1.NodeAffinity requiredDuringSchedulingIgnoredDuringExecution=core.v1.NodeSelector#1 preferredDuringSchedulingIgnoredDuringExecution=[]core.v1.PreferredSchedulingTerm#2
core.v1.NodeAllocatableResourceClaimStatus resourceClaimName*+=string#1 containers=[=]string#2 resources*+={}quantity#3
core.v1.NodeCondition type*+=string'v1.NodeConditionType#1 status*+=string'v1.ConditionStatus#2 lastHeartbeatTime+=time#3 lastTransitionTime+=time#4 reason=string#5 message=string#6
core.v1.NodeConfigSource configMap=core.v1.ConfigMapNodeConfigSource#2
core.v1.NodeConfigStatus assigned=core.v1.NodeConfigSource#1 active=core.v1.NodeConfigSource#2 lastKnownGood=core.v1.NodeConfigSource#3 error=string#4
core.v1.NodeDaemonEndpoints kubeletEndpoint+=core.v1.DaemonEndpoint#1
core.v1.NodeFeatures supplementalGroupsPolicy%=bool#1
core.v1.NodeRuntimeHandler name+=string#1 features=core.v1.NodeRuntimeHandlerFeatures#2
core.v1.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts%=bool#1 userNamespaces%=bool#2
core.v1.NodeSelector! nodeSelectorTerms*+=[]core.v1.NodeSelectorTerm#1
core.v1.NodeSelectorRequirement key*+=string#1 operator*+=string'v1.NodeSelectorOperator#2 values=[]string#3
core.v1.NodeSelectorTerm! matchExpressions=[]core.v1.NodeSelectorRequirement#1 matchFields=[]core.v1.NodeSelectorRequirement#2
core.v1.NodeSpec podCIDR=string#1 podCIDRs=[=]string~#7 providerID=string#3 unschedulable=bool#4 taints=[]core.v1.Taint#5 configSource=core.v1.NodeConfigSource#6 externalID=string#2
core.v1.NodeStatus capacity={}quantity#1 allocatable={}quantity#2 phase=string'v1.NodePhase#3 conditions=[type]core.v1.NodeCondition~type#4 addresses=[type]core.v1.NodeAddress~type#5 daemonEndpoints+=core.v1.NodeDaemonEndpoints#6 nodeInfo+=core.v1.NodeSystemInfo#7 images=[]core.v1.ContainerImage#8 volumesInUse=[]string'v1.UniqueVolumeName#9 volumesAttached=[]core.v1.AttachedVolume#10 config=core.v1.NodeConfigStatus#11 runtimeHandlers=[]core.v1.NodeRuntimeHandler#12 features=core.v1.NodeFeatures#13 declaredFeatures=[]string#14
core.v1.NodeSwapStatus capacity%=int64#1
core.v1.NodeSystemInfo machineID*+=string#1 systemUUID*+=string#2 bootID*+=string#3 kernelVersion*+=string#4 osImage*+=string#5 containerRuntimeVersion*+=string#6 kubeletVersion*+=string#7 kubeProxyVersion*+=string#8 operatingSystem*+=string#9 architecture*+=string#10 swap=core.v1.NodeSwapStatus#11
core.v1.ObjectFieldSelector! apiVersion=string#1 fieldPath*+=string#2
core.v1.ObjectReference! kind=string#1 namespace=string#2 name=string#3 uid=string'types.UID#4 apiVersion=string#5 resourceVersion=string#6 fieldPath=string#7
core.v1.PersistentVolume kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PersistentVolumeSpec#2 status+=core.v1.PersistentVolumeStatus#3
core.v1.PersistentVolumeClaim kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PersistentVolumeClaimSpec#2 status+=core.v1.PersistentVolumeClaimStatus#3
core.v1.PersistentVolumeClaimCondition type*+=string'v1.PersistentVolumeClaimConditionType#1 status*+=string'v1.ConditionStatus#2 lastProbeTime+=time#3 lastTransitionTime+=time#4 reason=string#5 message=string#6
core.v1.PersistentVolumeClaimSpec accessModes=[]string'v1.PersistentVolumeAccessMode#1 selector=meta.v1.LabelSelector#4 resources+=core.v1.VolumeResourceRequirements#2 volumeName=string#3 storageClassName%=string#5 volumeMode%=string'v1.PersistentVolumeMode#6 dataSource=core.v1.TypedLocalObjectReference#7 dataSourceRef=core.v1.TypedObjectReference#8 volumeAttributesClassName%=string#9
core.v1.PersistentVolumeClaimStatus phase=string'v1.PersistentVolumeClaimPhase#1 accessModes=[]string'v1.PersistentVolumeAccessMode#2 capacity={}quantity#3 conditions=[type]core.v1.PersistentVolumeClaimCondition~type#4 allocatedResources={}quantity#5 allocatedResourceStatuses={}string#7 currentVolumeAttributesClassName%=string#8 modifyVolumeStatus=core.v1.ModifyVolumeStatus#9
core.v1.PersistentVolumeClaimTemplate metadata+=meta.v1.ObjectMeta#1 spec*+=core.v1.PersistentVolumeClaimSpec#2
core.v1.PersistentVolumeClaimVolumeSource claimName*+=string#1 readOnly=bool#2
core.v1.PersistentVolumeSource& gcePersistentDisk#1 awsElasticBlockStore#2 hostPath#3 glusterfs#4 nfs#5 rbd#6 iscsi#7 cinder#8 cephfs#9 fc#10 flocker#11 flexVolume#12 azureFile#13 vsphereVolume#14 quobyte#15 azureDisk#16 photonPersistentDisk#17 portworxVolume#18 scaleIO#19 local#20 storageos#21 csi#22
core.v1.PersistentVolumeSpec capacity={}quantity#1 gcePersistentDisk=core.v1.GCEPersistentDiskVolumeSource awsElasticBlockStore=core.v1.AWSElasticBlockStoreVolumeSource hostPath=core.v1.HostPathVolumeSource glusterfs=core.v1.GlusterfsPersistentVolumeSource nfs=core.v1.NFSVolumeSource rbd=core.v1.RBDPersistentVolumeSource iscsi=core.v1.ISCSIPersistentVolumeSource cinder=core.v1.CinderPersistentVolumeSource cephfs=core.v1.CephFSPersistentVolumeSource fc=core.v1.FCVolumeSource flocker=core.v1.FlockerVolumeSource flexVolume=core.v1.FlexPersistentVolumeSource azureFile=core.v1.AzureFilePersistentVolumeSource vsphereVolume=core.v1.VsphereVirtualDiskVolumeSource quobyte=core.v1.QuobyteVolumeSource azureDisk=core.v1.AzureDiskVolumeSource photonPersistentDisk=core.v1.PhotonPersistentDiskVolumeSource portworxVolume=core.v1.PortworxVolumeSource scaleIO=core.v1.ScaleIOPersistentVolumeSource local=core.v1.LocalVolumeSource storageos=core.v1.StorageOSPersistentVolumeSource csi=core.v1.CSIPersistentVolumeSource accessModes=[]string'v1.PersistentVolumeAccessMode#3 claimRef=core.v1.ObjectReference#4 persistentVolumeReclaimPolicy=string'v1.PersistentVolumeReclaimPolicy#5 storageClassName=string#6 mountOptions=[]string#7 volumeMode%=string'v1.PersistentVolumeMode#8 nodeAffinity=core.v1.VolumeNodeAffinity#9 volumeAttributesClassName%=string#10 <persistentVolumeSource=core.v1.PersistentVolumeSource#2
core.v1.PersistentVolumeStatus phase=string'v1.PersistentVolumePhase#1 message=string#2 reason=string#3 lastPhaseTransitionTime%=time#4
core.v1.PhotonPersistentDiskVolumeSource pdID*+=string#1 fsType=string#2
core.v1.Pod kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PodSpec#2 status+=core.v1.PodStatus#3
core.v1.PodAffinity requiredDuringSchedulingIgnoredDuringExecution=[]core.v1.PodAffinityTerm#1 preferredDuringSchedulingIgnoredDuringExecution=[]core.v1.WeightedPodAffinityTerm#2
core.v1.PodAffinityTerm labelSelector=meta.v1.LabelSelector#1 namespaces=[]string#2 topologyKey*+=string#3 namespaceSelector=meta.v1.LabelSelector#4 matchLabelKeys=[]string#5 mismatchLabelKeys=[]string#6
core.v1.PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution=[]core.v1.PodAffinityTerm#1 preferredDuringSchedulingIgnoredDuringExecution=[]core.v1.WeightedPodAffinityTerm#2
core.v1.PodCertificateProjection signerName*=string#1 keyType*=string#2 maxExpirationSeconds%=int32#3 credentialBundlePath=string#4 keyPath=string#5 certificateChainPath=string#6 userAnnotations={}string#7
core.v1.PodCondition type*+=string'v1.PodConditionType#1 observedGeneration=int64#7 status*+=string'v1.ConditionStatus#2 lastProbeTime+=time#3 lastTransitionTime+=time#4 reason=string#5 message=string#6
core.v1.PodDNSConfig nameservers=[]string#1 searches=[]string#2 options=[]core.v1.PodDNSConfigOption#3
core.v1.PodDNSConfigOption name=string#1 value%=string#2
core.v1.PodExtendedResourceClaimStatus requestMappings*+=[]core.v1.ContainerExtendedResourceRequest#1 resourceClaimName*+=string#2
core.v1.PodIP ip*+=string#1
core.v1.PodOS name*+=string'v1.OSName#1
core.v1.PodReadinessGate conditionType*+=string'v1.PodConditionType#1
core.v1.PodResourceClaim name*+=string#1 resourceClaimName%=string#3 resourceClaimTemplateName%=string#4
core.v1.PodResourceClaimStatus name*+=string#1 resourceClaimName%=string#2
core.v1.PodSchedulingGate name*+=string#1
core.v1.PodSchedulingGroup podGroupName%=string#1
core.v1.PodSecurityContext seLinuxOptions=core.v1.SELinuxOptions#1 windowsOptions=core.v1.WindowsSecurityContextOptions#8 runAsUser%=int64#2 runAsGroup%=int64#6 runAsNonRoot%=bool#3 supplementalGroups=[]int64#4 supplementalGroupsPolicy%=string'v1.SupplementalGroupsPolicy#12 fsGroup%=int64#5 sysctls=[]core.v1.Sysctl#7 fsGroupChangePolicy%=string'v1.PodFSGroupChangePolicy#9 seccompProfile=core.v1.SeccompProfile#10 appArmorProfile=core.v1.AppArmorProfile#11 seLinuxChangePolicy%=string'v1.PodSELinuxChangePolicy#13
core.v1.PodSpec volumes=[name]core.v1.Volume^~name#1 initContainers=[name]core.v1.Container~name#20 containers*+=[name]core.v1.Container~name#2 ephemeralContainers=[name]core.v1.EphemeralContainer~name#34 restartPolicy=string'v1.RestartPolicy#3 terminationGracePeriodSeconds%=int64#4 activeDeadlineSeconds%=int64#5 dnsPolicy=string'v1.DNSPolicy#6 nodeSelector={!}string#7 serviceAccountName=string#8 serviceAccount=string#9 automountServiceAccountToken%=bool#21 nodeName=string#10 hostNetwork=bool#11 hostPID=bool#12 hostIPC=bool#13 shareProcessNamespace%=bool#27 securityContext=core.v1.PodSecurityContext#14 imagePullSecrets=[name]core.v1.LocalObjectReference~name#15 hostname=string#16 subdomain=string#17 affinity=core.v1.Affinity#18 schedulerName=string#19 tolerations=[]core.v1.Toleration#22 hostAliases=[ip]core.v1.HostAlias~ip#23 priorityClassName=string#24 priority%=int32#25 dnsConfig=core.v1.PodDNSConfig#26 readinessGates=[]core.v1.PodReadinessGate#28 runtimeClassName%=string#29 enableServiceLinks%=bool#30 preemptionPolicy%=string'v1.PreemptionPolicy#31 overhead={}quantity#32 topologySpreadConstraints=[topologyKey,whenUnsatisfiable]core.v1.TopologySpreadConstraint~topologyKey#33 setHostnameAsFQDN%=bool#35 os=core.v1.PodOS#36 hostUsers%=bool#37 schedulingGates=[name]core.v1.PodSchedulingGate~name#38 resourceClaims=[name]core.v1.PodResourceClaim^~name#39 resources=core.v1.ResourceRequirements#40 hostnameOverride%=string#41 schedulingGroup=core.v1.PodSchedulingGroup#43
core.v1.PodStatus observedGeneration=int64#17 phase=string'v1.PodPhase#1 conditions=[type]core.v1.PodCondition~type#2 message=string#3 reason=string#4 nominatedNodeName=string#11 hostIP=string#5 hostIPs=[]core.v1.HostIP~ip#16 podIP=string#6 podIPs=[ip]core.v1.PodIP~ip#12 startTime%=time#7 initContainerStatuses=[]core.v1.ContainerStatus#10 containerStatuses=[]core.v1.ContainerStatus#8 qosClass=string'v1.PodQOSClass#9 ephemeralContainerStatuses=[]core.v1.ContainerStatus#13 resize=string'v1.PodResizeStatus#14 resourceClaimStatuses=[name]core.v1.PodResourceClaimStatus^~name#15 extendedResourceClaimStatus=core.v1.PodExtendedResourceClaimStatus#18 allocatedResources={}quantity#19 resources=core.v1.ResourceRequirements#20 nodeAllocatableResourceClaimStatuses=[]core.v1.NodeAllocatableResourceClaimStatus#21
core.v1.PodTemplate kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 template+=core.v1.PodTemplateSpec#2
core.v1.PodTemplateSpec metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PodSpec#2
core.v1.PortStatus port*+=int32#1 protocol*+=string'v1.Protocol#2 error%=string#3
core.v1.PortworxVolumeSource volumeID*+=string#1 fsType=string#2 readOnly=bool#3
core.v1.PreferredSchedulingTerm weight*+=int32#1 preference*+=core.v1.NodeSelectorTerm#2
core.v1.Probe exec=core.v1.ExecAction httpGet=core.v1.HTTPGetAction tcpSocket=core.v1.TCPSocketAction grpc=core.v1.GRPCAction initialDelaySeconds=int32#2 timeoutSeconds=int32#3 periodSeconds=int32#4 successThreshold=int32#5 failureThreshold=int32#6 terminationGracePeriodSeconds%=int64#7 <handler=core.v1.ProbeHandler#1
core.v1.ProbeHandler& exec#1 httpGet#2 tcpSocket#3 grpc#4
core.v1.ProjectedVolumeSource sources+=[]core.v1.VolumeProjection#1 defaultMode%=int32#2
core.v1.QuobyteVolumeSource registry*+=string#1 volume*+=string#2 readOnly=bool#3 user=string#4 group=string#5 tenant=string#6
core.v1.RBDPersistentVolumeSource monitors*+=[]string#1 image*+=string#2 fsType=string#3 pool=string#4 user=string#5 keyring=string#6 secretRef=core.v1.SecretReference#7 readOnly=bool#8
core.v1.RBDVolumeSource monitors*+=[]string#1 image*+=string#2 fsType=string#3 pool=string#4 user=string#5 keyring=string#6 secretRef=core.v1.LocalObjectReference#7 readOnly=bool#8
core.v1.ReplicationController kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.ReplicationControllerSpec#2 status+=core.v1.ReplicationControllerStatus#3
core.v1.ReplicationControllerCondition type*+=string'v1.ReplicationControllerConditionType#1 status*+=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
core.v1.ReplicationControllerSpec replicas%=int32#1 minReadySeconds=int32#4 selector={!}string#2 template=core.v1.PodTemplateSpec#3
core.v1.ReplicationControllerStatus replicas*+=int32#1 fullyLabeledReplicas=int32#2 readyReplicas=int32#4 availableReplicas=int32#5 observedGeneration=int64#3 conditions=[type]core.v1.ReplicationControllerCondition~type#6
core.v1.ResourceClaim name*+=string#1 request=string#2
core.v1.ResourceFieldSelector! containerName=string#1 resource*+=string#2 divisor+=quantity#3
core.v1.ResourceHealth resourceID*+=string'v1.ResourceID#1 health=string'v1.ResourceHealthStatus#2 message%=string#6
core.v1.ResourceQuota kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.ResourceQuotaSpec#2 status+=core.v1.ResourceQuotaStatus#3
core.v1.ResourceQuotaSpec hard={}quantity#1 scopes=[]string'v1.ResourceQuotaScope#2 scopeSelector=core.v1.ScopeSelector#3
core.v1.ResourceQuotaStatus hard={}quantity#1 used={}quantity#2
core.v1.ResourceRequirements limits={}quantity#1 requests={}quantity#2 claims=[name]core.v1.ResourceClaim#3
core.v1.ResourceStatus name*+=string'v1.ResourceName#1 resources=[resourceID]core.v1.ResourceHealth#2
core.v1.SELinuxOptions user=string#1 role=string#2 type=string#3 level=string#4
core.v1.ScaleIOPersistentVolumeSource gateway*+=string#1 system*+=string#2 secretRef*?=core.v1.SecretReference#3 sslEnabled=bool#4 protectionDomain=string#5 storagePool=string#6 storageMode=string#7 volumeName=string#8 fsType=string#9 readOnly=bool#10
core.v1.ScaleIOVolumeSource gateway*+=string#1 system*+=string#2 secretRef*?=core.v1.LocalObjectReference#3 sslEnabled=bool#4 protectionDomain=string#5 storagePool=string#6 storageMode=string#7 volumeName=string#8 fsType=string#9 readOnly=bool#10
core.v1.ScopeSelector! matchExpressions=[]core.v1.ScopedResourceSelectorRequirement#1
core.v1.ScopedResourceSelectorRequirement scopeName*+=string'v1.ResourceQuotaScope#1 operator*+=string'v1.ScopeSelectorOperator#2 values=[]string#3
core.v1.SeccompProfile type*+=string'v1.SeccompProfileType#1 localhostProfile%=string#2
core.v1.Secret kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 immutable%=bool#5 data={}bytes#2 stringData={}string#4 type=string'v1.SecretType#3
core.v1.SecretEnvSource name=string optional%=bool#2 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.SecretKeySelector! name=string key*+=string#2 optional%=bool#3 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.SecretProjection name=string items=[]core.v1.KeyToPath#2 optional%=bool#4 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.SecretReference! name=string#1 namespace=string#2
core.v1.SecretVolumeSource secretName=string#1 items=[]core.v1.KeyToPath#2 defaultMode%=int32#3 optional%=bool#4
core.v1.SecurityContext capabilities=core.v1.Capabilities#1 privileged%=bool#2 seLinuxOptions=core.v1.SELinuxOptions#3 windowsOptions=core.v1.WindowsSecurityContextOptions#10 runAsUser%=int64#4 runAsGroup%=int64#8 runAsNonRoot%=bool#5 readOnlyRootFilesystem%=bool#6 allowPrivilegeEscalation%=bool#7 procMount%=string'v1.ProcMountType#9 seccompProfile=core.v1.SeccompProfile#11 appArmorProfile=core.v1.AppArmorProfile#12
core.v1.Service kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.ServiceSpec#2 status+=core.v1.ServiceStatus#3
core.v1.ServiceAccount kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 secrets=[name]core.v1.ObjectReference~name#2 imagePullSecrets=[]core.v1.LocalObjectReference#3 automountServiceAccountToken%=bool#4
core.v1.ServiceAccountTokenProjection audience=string#1 expirationSeconds%=int64#2 path*+=string#3
core.v1.ServicePort name=string#1 protocol=string'v1.Protocol#2 appProtocol%=string#6 port*+=int32#3 targetPort+=intstr#4 nodePort=int32#5
core.v1.ServiceSpec ports=[port,protocol]core.v1.ServicePort~port#1 selector={!}string#2 clusterIP=string#3 clusterIPs=[]string#18 type=string'v1.ServiceType#4 externalIPs=[]string#5 sessionAffinity=string'v1.ServiceAffinity#7 loadBalancerIP=string#8 loadBalancerSourceRanges=[]string#9 externalName=string#10 externalTrafficPolicy=string'v1.ServiceExternalTrafficPolicy#11 healthCheckNodePort=int32#12 publishNotReadyAddresses=bool#13 sessionAffinityConfig=core.v1.SessionAffinityConfig#14 ipFamilies=[]string'v1.IPFamily#19 ipFamilyPolicy%=string'v1.IPFamilyPolicy#17 allocateLoadBalancerNodePorts%=bool#20 loadBalancerClass%=string#21 internalTrafficPolicy%=string'v1.ServiceInternalTrafficPolicy#22 trafficDistribution%=string#23
core.v1.ServiceStatus loadBalancer+=core.v1.LoadBalancerStatus#1 conditions=[type]meta.v1.Condition~type#2
core.v1.SessionAffinityConfig clientIP=core.v1.ClientIPConfig#1
core.v1.SleepAction seconds*+=int64#1
core.v1.StorageOSPersistentVolumeSource volumeName=string#1 volumeNamespace=string#2 fsType=string#3 readOnly=bool#4 secretRef=core.v1.ObjectReference#5
core.v1.StorageOSVolumeSource volumeName=string#1 volumeNamespace=string#2 fsType=string#3 readOnly=bool#4 secretRef=core.v1.LocalObjectReference#5
core.v1.Sysctl name*+=string#1 value*+=string#2
core.v1.TCPSocketAction port*+=intstr#1 host=string#2
core.v1.Taint key*+=string#1 value=string#2 effect*+=string'v1.TaintEffect#3 timeAdded%=time#4
core.v1.Toleration key=string#1 operator=string'v1.TolerationOperator#2 value=string#3 effect=string'v1.TaintEffect#4 tolerationSeconds%=int64#5
core.v1.TopologySelectorLabelRequirement key*+=string#1 values*+=[]string#2
core.v1.TopologySelectorTerm! matchLabelExpressions=[]core.v1.TopologySelectorLabelRequirement#1
core.v1.TopologySpreadConstraint maxSkew*+=int32#1 topologyKey*+=string#2 whenUnsatisfiable*+=string'v1.UnsatisfiableConstraintAction#3 labelSelector=meta.v1.LabelSelector#4 minDomains%=int32#5 nodeAffinityPolicy%=string'v1.NodeInclusionPolicy#6 nodeTaintsPolicy%=string'v1.NodeInclusionPolicy#7 matchLabelKeys=[]string#8
core.v1.TypedLocalObjectReference! apiGroup?=string#1 kind*+=string#2 name*+=string#3
core.v1.TypedObjectReference apiGroup?=string#1 kind*+=string#2 name*+=string#3 namespace%=string#4
core.v1.Volume name*+=string#1 hostPath=core.v1.HostPathVolumeSource emptyDir=core.v1.EmptyDirVolumeSource gcePersistentDisk=core.v1.GCEPersistentDiskVolumeSource awsElasticBlockStore=core.v1.AWSElasticBlockStoreVolumeSource gitRepo=core.v1.GitRepoVolumeSource secret=core.v1.SecretVolumeSource nfs=core.v1.NFSVolumeSource iscsi=core.v1.ISCSIVolumeSource glusterfs=core.v1.GlusterfsVolumeSource persistentVolumeClaim=core.v1.PersistentVolumeClaimVolumeSource rbd=core.v1.RBDVolumeSource flexVolume=core.v1.FlexVolumeSource cinder=core.v1.CinderVolumeSource cephfs=core.v1.CephFSVolumeSource flocker=core.v1.FlockerVolumeSource downwardAPI=core.v1.DownwardAPIVolumeSource fc=core.v1.FCVolumeSource azureFile=core.v1.AzureFileVolumeSource configMap=core.v1.ConfigMapVolumeSource vsphereVolume=core.v1.VsphereVirtualDiskVolumeSource quobyte=core.v1.QuobyteVolumeSource azureDisk=core.v1.AzureDiskVolumeSource photonPersistentDisk=core.v1.PhotonPersistentDiskVolumeSource projected=core.v1.ProjectedVolumeSource portworxVolume=core.v1.PortworxVolumeSource scaleIO=core.v1.ScaleIOVolumeSource storageos=core.v1.StorageOSVolumeSource csi=core.v1.CSIVolumeSource ephemeral=core.v1.EphemeralVolumeSource image=core.v1.ImageVolumeSource <volumeSource=core.v1.VolumeSource#2
core.v1.VolumeDevice name*+=string#1 devicePath*+=string#2
core.v1.VolumeMount name*+=string#1 readOnly=bool#2 recursiveReadOnly%=string'v1.RecursiveReadOnlyMode#7 mountPath*+=string#3 subPath=string#4 mountPropagation%=string'v1.MountPropagationMode#5 subPathExpr=string#6
core.v1.VolumeMountStatus name*+=string#1 mountPath*+=string#2 readOnly=bool#3 recursiveReadOnly%=string'v1.RecursiveReadOnlyMode#4 volumeStatus=core.v1.VolumeStatus#5
core.v1.VolumeNodeAffinity required=core.v1.NodeSelector#1
core.v1.VolumeProjection secret=core.v1.SecretProjection#1 downwardAPI=core.v1.DownwardAPIProjection#2 configMap=core.v1.ConfigMapProjection#3 serviceAccountToken=core.v1.ServiceAccountTokenProjection#4 clusterTrustBundle=core.v1.ClusterTrustBundleProjection#5 podCertificate=core.v1.PodCertificateProjection#6
core.v1.VolumeResourceRequirements limits={}quantity#1 requests={}quantity#2
core.v1.VolumeSource& hostPath#1 emptyDir#2 gcePersistentDisk#3 awsElasticBlockStore#4 gitRepo#5 secret#6 nfs#7 iscsi#8 glusterfs#9 persistentVolumeClaim#10 rbd#11 flexVolume#12 cinder#13 cephfs#14 flocker#15 downwardAPI#16 fc#17 azureFile#18 configMap#19 vsphereVolume#20 quobyte#21 azureDisk#22 photonPersistentDisk#23 projected#26 portworxVolume#24 scaleIO#25 storageos#27 csi#28 ephemeral#29 image#30
core.v1.VolumeStatus image=core.v1.ImageVolumeStatus#1
core.v1.VsphereVirtualDiskVolumeSource volumePath*+=string#1 fsType=string#2 storagePolicyName=string#3 storagePolicyID=string#4
core.v1.WeightedPodAffinityTerm weight*+=int32#1 podAffinityTerm*+=core.v1.PodAffinityTerm#2
core.v1.WindowsSecurityContextOptions gmsaCredentialSpecName%=string#1 gmsaCredentialSpec%=string#2 runAsUserName%=string#3 hostProcess%=bool#4
discovery.v1.Endpoint addresses*+=[=]string#1 conditions+=discovery.v1.EndpointConditions#2 hostname%=string#3 targetRef=core.v1.ObjectReference#4 deprecatedTopology={}string#5 nodeName%=string#6 zone%=string#7 hints=discovery.v1.EndpointHints#8
discovery.v1.EndpointConditions ready%=bool#1 serving%=bool#2 terminating%=bool#3
discovery.v1.EndpointHints forZones=[]discovery.v1.ForZone#1 forNodes=[]discovery.v1.ForNode#2
discovery.v1.EndpointPort! name%=string#1 protocol%=string'v1.Protocol#2 port%=int32#3 appProtocol%=string#4
discovery.v1.EndpointSlice kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 addressType*+=string'v1.AddressType#4 endpoints+=[]discovery.v1.Endpoint#2 ports+=[]discovery.v1.EndpointPort#3
discovery.v1.ForNode name*+=string#1
discovery.v1.ForZone name*+=string#1
events.v1.Event kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 eventTime*+=microtime#2 series=events.v1.EventSeries#3 reportingController=string#4 reportingInstance=string#5 action=string#6 reason=string#7 regarding+=core.v1.ObjectReference#8 related=core.v1.ObjectReference#9 note=string#10 type=string#11 deprecatedSource+=core.v1.EventSource#12 deprecatedFirstTimestamp+=time#13 deprecatedLastTimestamp+=time#14 deprecatedCount=int32#15
events.v1.EventSeries count*+=int32#1 lastObservedTime*+=microtime#2
flowcontrol.v1.ExemptPriorityLevelConfiguration nominalConcurrencyShares%=int32#1 lendablePercent%=int32#2
flowcontrol.v1.FlowDistinguisherMethod type*+=string'v1.FlowDistinguisherMethodType#1
flowcontrol.v1.FlowSchema kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=flowcontrol.v1.FlowSchemaSpec#2 status+=flowcontrol.v1.FlowSchemaStatus#3
flowcontrol.v1.FlowSchemaCondition type=string'v1.FlowSchemaConditionType#1 status=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
flowcontrol.v1.FlowSchemaSpec priorityLevelConfiguration*+=flowcontrol.v1.PriorityLevelConfigurationReference#1 matchingPrecedence+=int32#2 distinguisherMethod=flowcontrol.v1.FlowDistinguisherMethod#3 rules=[]flowcontrol.v1.PolicyRulesWithSubjects#4
flowcontrol.v1.FlowSchemaStatus conditions=[type]flowcontrol.v1.FlowSchemaCondition~type#1
flowcontrol.v1.GroupSubject name*+=string#1
flowcontrol.v1.LimitResponse type*+=string'v1.LimitResponseType#1 queuing=flowcontrol.v1.QueuingConfiguration#2
flowcontrol.v1.LimitedPriorityLevelConfiguration nominalConcurrencyShares?=int32#1 limitResponse+=flowcontrol.v1.LimitResponse#2 lendablePercent%=int32#3 borrowingLimitPercent%=int32#4
flowcontrol.v1.NonResourcePolicyRule verbs*+=[=]string#1 nonResourceURLs*+=[=]string#6
flowcontrol.v1.PolicyRulesWithSubjects subjects*+=[]flowcontrol.v1.Subject#1 resourceRules=[]flowcontrol.v1.ResourcePolicyRule#2 nonResourceRules=[]flowcontrol.v1.NonResourcePolicyRule#3
flowcontrol.v1.PriorityLevelConfiguration kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=flowcontrol.v1.PriorityLevelConfigurationSpec#2 status+=flowcontrol.v1.PriorityLevelConfigurationStatus#3
flowcontrol.v1.PriorityLevelConfigurationCondition type=string'v1.PriorityLevelConfigurationConditionType#1 status=string'v1.ConditionStatus#2 lastTransitionTime+=time#3 reason=string#4 message=string#5
flowcontrol.v1.PriorityLevelConfigurationReference name*+=string#1
flowcontrol.v1.PriorityLevelConfigurationSpec type*+=string'v1.PriorityLevelEnablement#1 limited=flowcontrol.v1.LimitedPriorityLevelConfiguration#2 exempt=flowcontrol.v1.ExemptPriorityLevelConfiguration#3
flowcontrol.v1.PriorityLevelConfigurationStatus conditions=[type]flowcontrol.v1.PriorityLevelConfigurationCondition~type#1
flowcontrol.v1.QueuingConfiguration queues+=int32#1 handSize+=int32#2 queueLengthLimit+=int32#3
flowcontrol.v1.ResourcePolicyRule verbs*+=[=]string#1 apiGroups*+=[=]string#2 resources*+=[=]string#3 clusterScope=bool#4 namespaces+=[=]string#5
flowcontrol.v1.ServiceAccountSubject namespace*+=string#1 name*+=string#2
flowcontrol.v1.Subject kind*+=string'v1.SubjectKind#1 user=flowcontrol.v1.UserSubject#2 group=flowcontrol.v1.GroupSubject#3 serviceAccount=flowcontrol.v1.ServiceAccountSubject#4
flowcontrol.v1.UserSubject name*+=string#1
meta.v1.Condition type*+=string#1 status*+=string'v1.ConditionStatus#2 observedGeneration=int64#3 lastTransitionTime*+=time#4 reason*+=string#5 message*+=string#6
meta.v1.DeleteOptions kind=string apiVersion=string gracePeriodSeconds%=int64#1 preconditions=meta.v1.Preconditions#2 orphanDependents%=bool#3 propagationPolicy%=string'v1.DeletionPropagation#4 dryRun=[]string#5 ignoreStoreReadErrorWithClusterBreakingPotential%=bool#6
meta.v1.FieldSelectorRequirement key*+=string#1 operator*+=string'v1.FieldSelectorOperator#2 values=[]string#3
meta.v1.LabelSelector! matchLabels={}string#1 matchExpressions=[]meta.v1.LabelSelectorRequirement#2
meta.v1.LabelSelectorRequirement key*+=string#1 operator*+=string'v1.LabelSelectorOperator#2 values=[]string#3
meta.v1.ManagedFieldsEntry manager=string#1 operation=string'v1.ManagedFieldsOperationType#2 apiVersion=string#3 time%=time#4 fieldsType=string#6 fieldsV1%=fields#7 subresource=string#8
meta.v1.ObjectMeta name=string#1 generateName=string#2 namespace=string#3 selfLink=string#4 uid=string'types.UID#5 resourceVersion=string#6 generation=int64#7 creationTimestamp=time#8 deletionTimestamp%=time#9 deletionGracePeriodSeconds%=int64#10 labels={}string#11 annotations={}string#12 ownerReferences=[uid]meta.v1.OwnerReference~uid#13 finalizers=[=]string~#14 managedFields=[]meta.v1.ManagedFieldsEntry#17
meta.v1.OwnerReference! apiVersion*+=string#5 kind*+=string#1 name*+=string#3 uid*+=string'types.UID#4 controller%=bool#6 blockOwnerDeletion%=bool#7
meta.v1.Preconditions uid%=string'types.UID#1 resourceVersion%=string#2
networking.v1.HTTPIngressPath path=string#1 pathType*?=string'v1.PathType#3 backend*+=networking.v1.IngressBackend#2
networking.v1.HTTPIngressRuleValue paths*+=[]networking.v1.HTTPIngressPath#1
networking.v1.IPAddress kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=networking.v1.IPAddressSpec#2
networking.v1.IPAddressSpec parentRef*=networking.v1.ParentReference#1
networking.v1.IPBlock cidr*+=string#1 except=[]string#2
networking.v1.Ingress kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.IngressSpec#2 status+=networking.v1.IngressStatus#3
networking.v1.IngressBackend service=networking.v1.IngressServiceBackend#4 resource=core.v1.TypedLocalObjectReference#3
networking.v1.IngressClass kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.IngressClassSpec#2
networking.v1.IngressClassParametersReference apiGroup%=string kind*+=string#2 name*+=string#3 scope?=string#4 namespace%=string#5
networking.v1.IngressClassSpec controller=string#1 parameters=networking.v1.IngressClassParametersReference#2
networking.v1.IngressLoadBalancerIngress ip=string#1 hostname=string#2 ports=[]networking.v1.IngressPortStatus#4
networking.v1.IngressLoadBalancerStatus ingress=[]networking.v1.IngressLoadBalancerIngress#1
networking.v1.IngressPortStatus port*+=int32#1 protocol*+=string'v1.Protocol#2 error%=string#3
networking.v1.IngressRule host=string#1 http=networking.v1.HTTPIngressRuleValue <ingressRuleValue=networking.v1.IngressRuleValue#2
networking.v1.IngressRuleValue& http#1
networking.v1.IngressServiceBackend name*+=string#1 port+=networking.v1.ServiceBackendPort#2
networking.v1.IngressSpec ingressClassName%=string#4 defaultBackend=networking.v1.IngressBackend#1 tls=[]networking.v1.IngressTLS#2 rules=[]networking.v1.IngressRule#3
networking.v1.IngressStatus loadBalancer+=networking.v1.IngressLoadBalancerStatus#1
networking.v1.IngressTLS hosts=[]string#1 secretName=string#2
networking.v1.NetworkPolicy kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.NetworkPolicySpec#2
networking.v1.NetworkPolicyEgressRule ports=[]networking.v1.NetworkPolicyPort#1 to=[]networking.v1.NetworkPolicyPeer#2
networking.v1.NetworkPolicyIngressRule ports=[]networking.v1.NetworkPolicyPort#1 from=[]networking.v1.NetworkPolicyPeer#2
networking.v1.NetworkPolicyPeer podSelector=meta.v1.LabelSelector#1 namespaceSelector=meta.v1.LabelSelector#2 ipBlock=networking.v1.IPBlock#3
networking.v1.NetworkPolicyPort protocol%=string'v1.Protocol#1 port%=intstr#2 endPort%=int32#3
networking.v1.NetworkPolicySpec podSelector+=meta.v1.LabelSelector#1 ingress=[]networking.v1.NetworkPolicyIngressRule#2 egress=[]networking.v1.NetworkPolicyEgressRule#3 policyTypes=[]string'v1.PolicyType#4
networking.v1.ParentReference group=string#1 resource*=string#2 namespace=string#3 name*=string#4
networking.v1.ServiceBackendPort! name=string#1 number=int32#2
networking.v1.ServiceCIDR kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.ServiceCIDRSpec#2 status+=networking.v1.ServiceCIDRStatus#3
networking.v1.ServiceCIDRSpec cidrs=[]string#1
networking.v1.ServiceCIDRStatus conditions=[type]meta.v1.Condition~type#1
node.v1.Overhead podFixed={}quantity#1
node.v1.RuntimeClass kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 handler*+=string#2 overhead=node.v1.Overhead#3 scheduling=node.v1.Scheduling#4
node.v1.Scheduling nodeSelector={!}string#1 tolerations=[]core.v1.Toleration#2
policy.v1.Eviction kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 deleteOptions=meta.v1.DeleteOptions#2
policy.v1.PodDisruptionBudget kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec+=policy.v1.PodDisruptionBudgetSpec#2 status+=policy.v1.PodDisruptionBudgetStatus#3
policy.v1.PodDisruptionBudgetSpec minAvailable%=intstr#1 selector=meta.v1.LabelSelector#2 maxUnavailable%=intstr#3 unhealthyPodEvictionPolicy%=string'v1.UnhealthyPodEvictionPolicyType#4
policy.v1.PodDisruptionBudgetStatus observedGeneration=int64#1 disruptedPods={}time#2 disruptionsAllowed+=int32#3 currentHealthy+=int32#4 desiredHealthy+=int32#5 expectedPods+=int32#6 conditions=[type]meta.v1.Condition~type#7
rbac.v1.AggregationRule clusterRoleSelectors=[]meta.v1.LabelSelector#1
rbac.v1.ClusterRole kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 rules+=[]rbac.v1.PolicyRule#2 aggregationRule=rbac.v1.AggregationRule#3
rbac.v1.ClusterRoleBinding kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 subjects=[]rbac.v1.Subject#2 roleRef*+=rbac.v1.RoleRef#3
rbac.v1.PolicyRule verbs*+=[]string#1 apiGroups=[]string#2 resources=[]string#3 resourceNames=[]string#4 nonResourceURLs=[]string#5
rbac.v1.Role kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 rules+=[]rbac.v1.PolicyRule#2
rbac.v1.RoleBinding kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 subjects=[]rbac.v1.Subject#2 roleRef*+=rbac.v1.RoleRef#3
rbac.v1.RoleRef! apiGroup+=string#1 kind*+=string#2 name*+=string#3
rbac.v1.Subject! kind*+=string#1 apiGroup=string#2 name*+=string#3 namespace=string#4
resource.v1.AllocatedDeviceStatus driver*+=string#1 pool*+=string#2 device*+=string#3 shareID%=string#7 conditions+=[type]meta.v1.Condition#4 data%=raw#5 networkData=resource.v1.NetworkDeviceData#6
resource.v1.AllocationResult devices+=resource.v1.DeviceAllocationResult#1 nodeSelector=core.v1.NodeSelector#3 allocationTimestamp%=time#5
resource.v1.CELDeviceSelector expression*+=string#1
resource.v1.CapacityRequestPolicy default?=quantity#1 validValues=[]quantity#3 validRange=resource.v1.CapacityRequestPolicyRange#4
resource.v1.CapacityRequestPolicyRange min*%=quantity#1 max%=quantity#2 step%=quantity#3
resource.v1.CapacityRequirements requests={}quantity#1
resource.v1.Counter value*+=quantity#1
resource.v1.CounterSet name*+=string#1 counters*={}resource.v1.Counter#2
resource.v1.Device name*+=string#1 attributes={}resource.v1.DeviceAttribute#2 capacity={}resource.v1.DeviceCapacity#3 consumesCounters=[]resource.v1.DeviceCounterConsumption#4 nodeName%=string#5 nodeSelector=core.v1.NodeSelector#6 allNodes%=bool#7 taints=[]resource.v1.DeviceTaint#8 bindsToNode%=bool#9 bindingConditions=[]string#10 bindingFailureConditions=[]string#11 allowMultipleAllocations%=bool#12 nodeAllocatableResourceMappings={}resource.v1.NodeAllocatableResourceMapping#13
resource.v1.DeviceAllocationConfiguration source*+=string'v1.AllocationConfigSource#1 requests=[]string#2 opaque=resource.v1.OpaqueDeviceConfiguration <deviceConfiguration=resource.v1.DeviceConfiguration#3
resource.v1.DeviceAllocationResult results=[]resource.v1.DeviceRequestAllocationResult#1 config=[]resource.v1.DeviceAllocationConfiguration#2
resource.v1.DeviceAttribute int%=int64#2 bool%=bool#3 string%=string#4 version%=string#5 ints=[]int64#6 bools=[]bool#7 strings=[]string#8 versions=[]string#9
resource.v1.DeviceCapacity value*+=quantity#1 requestPolicy=resource.v1.CapacityRequestPolicy#2
resource.v1.DeviceClaim requests+=[]resource.v1.DeviceRequest#1 constraints=[]resource.v1.DeviceConstraint#2 config=[]resource.v1.DeviceClaimConfiguration#3
resource.v1.DeviceClaimConfiguration requests=[]string#1 opaque=resource.v1.OpaqueDeviceConfiguration <deviceConfiguration=resource.v1.DeviceConfiguration#2
resource.v1.DeviceClass kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=resource.v1.DeviceClassSpec#2
resource.v1.DeviceClassConfiguration opaque=resource.v1.OpaqueDeviceConfiguration <deviceConfiguration=resource.v1.DeviceConfiguration#1
resource.v1.DeviceClassSpec selectors=[]resource.v1.DeviceSelector#1 config=[]resource.v1.DeviceClassConfiguration#2 extendedResourceName%=string#4
resource.v1.DeviceConfiguration& opaque#1
resource.v1.DeviceConstraint requests=[]string#1 matchAttribute%=string'v1.FullyQualifiedName#2 distinctAttribute%=string'v1.FullyQualifiedName#3
resource.v1.DeviceCounterConsumption counterSet*+=string#1 counters*={}resource.v1.Counter#2
resource.v1.DeviceRequest name*+=string#1 exactly=resource.v1.ExactDeviceRequest#2 firstAvailable=[]resource.v1.DeviceSubRequest#3
resource.v1.DeviceRequestAllocationResult request*+=string#1 driver*+=string#2 pool*+=string#3 device*+=string#4 adminAccess%=bool#5 tolerations=[]resource.v1.DeviceToleration#6 bindingConditions=[]string#7 bindingFailureConditions=[]string#8 shareID%=string'types.UID#9 consumedCapacity={}quantity#10
resource.v1.DeviceSelector cel=resource.v1.CELDeviceSelector#1
resource.v1.DeviceSubRequest name*+=string#1 deviceClassName*+=string#2 selectors=[]resource.v1.DeviceSelector#3 allocationMode=string'v1.DeviceAllocationMode#4 count=int64#5 tolerations=[]resource.v1.DeviceToleration#6 capacity=resource.v1.CapacityRequirements#7
resource.v1.DeviceTaint key*+=string#1 value=string#2 effect*+=string'v1.DeviceTaintEffect#3 timeAdded%=time#4
resource.v1.DeviceToleration key=string#1 operator=string'v1.DeviceTolerationOperator#2 value=string#3 effect=string'v1.DeviceTaintEffect#4 tolerationSeconds%=int64#5
resource.v1.ExactDeviceRequest deviceClassName*+=string#1 selectors=[]resource.v1.DeviceSelector#2 allocationMode=string'v1.DeviceAllocationMode#3 count=int64#4 adminAccess%=bool#5 tolerations=[]resource.v1.DeviceToleration#6 capacity=resource.v1.CapacityRequirements#7
resource.v1.NetworkDeviceData interfaceName=string#1 ips=[]string#2 hardwareAddress=string#3
resource.v1.NodeAllocatableResourceMapping capacityKey%=string'v1.QualifiedName#1 allocationMultiplier%=quantity#2
resource.v1.OpaqueDeviceConfiguration driver*+=string#1 parameters*+=raw#2
resource.v1.ResourceClaim kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=resource.v1.ResourceClaimSpec#2 status+=resource.v1.ResourceClaimStatus#3
resource.v1.ResourceClaimConsumerReference apiGroup=string#1 resource*+=string#3 name*+=string#4 uid*+=string'types.UID#5
resource.v1.ResourceClaimSpec devices+=resource.v1.DeviceClaim#1
resource.v1.ResourceClaimStatus allocation=resource.v1.AllocationResult#1 reservedFor=[uid]resource.v1.ResourceClaimConsumerReference~uid#2 devices=[driver,device,pool,shareID]resource.v1.AllocatedDeviceStatus#4
resource.v1.ResourceClaimTemplate kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=resource.v1.ResourceClaimTemplateSpec#2
resource.v1.ResourceClaimTemplateSpec metadata+=meta.v1.ObjectMeta#1 spec*+=resource.v1.ResourceClaimSpec#2
resource.v1.ResourcePool name*+=string#1 generation*+=int64#2 resourceSliceCount*+=int64#3
resource.v1.ResourceSlice kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=resource.v1.ResourceSliceSpec#2
resource.v1.ResourceSliceSpec driver*+=string#1 pool*+=resource.v1.ResourcePool#2 nodeName%=string#3 nodeSelector=core.v1.NodeSelector#4 allNodes%=bool#5 devices=[]resource.v1.Device#6 perDeviceNodeSelection%=bool#7 sharedCounters=[]resource.v1.CounterSet#8
scheduling.v1.PriorityClass kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 value+=int32#2 globalDefault=bool#3 description=string#4 preemptionPolicy%=string'apiv1.PreemptionPolicy#5
storage.v1.CSIDriver kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=storage.v1.CSIDriverSpec#2
storage.v1.CSIDriverSpec attachRequired%=bool#1 podInfoOnMount%=bool#2 volumeLifecycleModes=[=]string'v1.VolumeLifecycleMode#3 storageCapacity%=bool#4 fsGroupPolicy%=string'v1.FSGroupPolicy#5 tokenRequests=[]storage.v1.TokenRequest#6 requiresRepublish%=bool#7 seLinuxMount%=bool#8 nodeAllocatableUpdatePeriodSeconds%=int64#9 serviceAccountTokenInSecrets%=bool#10 preventPodSchedulingIfMissing%=bool#11
storage.v1.CSINode kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=storage.v1.CSINodeSpec#2
storage.v1.CSINodeDriver name*+=string#1 nodeID*+=string#2 topologyKeys+=[]string#3 allocatable=storage.v1.VolumeNodeResources#4
storage.v1.CSINodeSpec drivers*+=[name]storage.v1.CSINodeDriver~name#1
storage.v1.CSIStorageCapacity kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 nodeTopology=meta.v1.LabelSelector#2 storageClassName*+=string#3 capacity%=quantity#4 maximumVolumeSize%=quantity#5
storage.v1.StorageClass kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 provisioner*+=string#2 parameters={}string#3 reclaimPolicy%=string'v1.PersistentVolumeReclaimPolicy#4 mountOptions=[]string#5 allowVolumeExpansion%=bool#6 volumeBindingMode%=string'v1.VolumeBindingMode#7 allowedTopologies=[]core.v1.TopologySelectorTerm#8
storage.v1.TokenRequest audience*+=string#1 expirationSeconds%=int64#2
storage.v1.VolumeAttachment kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 spec*+=storage.v1.VolumeAttachmentSpec#2 status+=storage.v1.VolumeAttachmentStatus#3
storage.v1.VolumeAttachmentSource persistentVolumeName%=string#1 inlineVolumeSpec=core.v1.PersistentVolumeSpec#2
storage.v1.VolumeAttachmentSpec attacher*+=string#1 source*+=storage.v1.VolumeAttachmentSource#2 nodeName*+=string#3
storage.v1.VolumeAttachmentStatus attached*+=bool#1 attachmentMetadata={}string#2 attachError=storage.v1.VolumeError#3 detachError=storage.v1.VolumeError#4
storage.v1.VolumeAttributesClass kind=string apiVersion=string metadata+=meta.v1.ObjectMeta#1 driverName*+=string#2 parameters={}string#3
storage.v1.VolumeError time+=time#1 message=string#2 errorCode%=int32#3
storage.v1.VolumeNodeResources count%=int32#1
`
