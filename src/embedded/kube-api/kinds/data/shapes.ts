/** Written by scripts/kube-kinds.ts from Kubernetes 1.36.1; not edited by hand. */
export const shapeText: string = `
admissionregistration.v1.ApplyConfiguration expression=string#1
admissionregistration.v1.AuditAnnotation key*+=string#1 valueExpression*+=string#2
admissionregistration.v1.ExpressionWarning fieldRef*+=string#2 warning*+=string#3
admissionregistration.v1.JSONPatch expression=string#1
admissionregistration.v1.MatchCondition expression*+=string#2 name*+=string#1
admissionregistration.v1.MatchResources! excludeResourceRules=[]admissionregistration.v1.NamedRuleWithOperations#4 matchPolicy%=string#7 namespaceSelector=meta.v1.LabelSelector#1 objectSelector=meta.v1.LabelSelector#2 resourceRules=[]admissionregistration.v1.NamedRuleWithOperations#3
admissionregistration.v1.MutatingAdmissionPolicy apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=admissionregistration.v1.MutatingAdmissionPolicySpec#2
admissionregistration.v1.MutatingAdmissionPolicyBinding apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=admissionregistration.v1.MutatingAdmissionPolicyBindingSpec#2
admissionregistration.v1.MutatingAdmissionPolicyBindingSpec matchResources=admissionregistration.v1.MatchResources#3 paramRef=admissionregistration.v1.ParamRef#2 policyName=string#1
admissionregistration.v1.MutatingAdmissionPolicySpec failurePolicy%=string#5 matchConditions=[name]admissionregistration.v1.MatchCondition~name#6 matchConstraints=admissionregistration.v1.MatchResources#2 mutations=[]admissionregistration.v1.Mutation#4 paramKind=admissionregistration.v1.ParamKind#1 reinvocationPolicy=string#7 variables=[]admissionregistration.v1.Variable#3
admissionregistration.v1.MutatingWebhook admissionReviewVersions*+=[]string#8 clientConfig*+=admissionregistration.v1.WebhookClientConfig#2 failurePolicy%=string#4 matchConditions=[name]admissionregistration.v1.MatchCondition~name#12 matchPolicy%=string#9 name*+=string#1 namespaceSelector=meta.v1.LabelSelector#5 objectSelector=meta.v1.LabelSelector#11 reinvocationPolicy%=string#10 rules=[]admissionregistration.v1.RuleWithOperations#3 sideEffects*?=string#6 timeoutSeconds%=int32#7
admissionregistration.v1.MutatingWebhookConfiguration apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 webhooks=[name]admissionregistration.v1.MutatingWebhook~name <Webhooks=admissionregistration.v1.MutatingWebhook#2
admissionregistration.v1.Mutation applyConfiguration=admissionregistration.v1.ApplyConfiguration#3 jsonPatch=admissionregistration.v1.JSONPatch#4 patchType*+=string#2
admissionregistration.v1.NamedRuleWithOperations! apiGroups=[]string apiVersions=[]string operations=[]string resourceNames=[]string#1 resources=[]string scope%=string <ruleWithOperations=admissionregistration.v1.RuleWithOperations#2
admissionregistration.v1.ParamKind! apiVersion=string#1 kind=string#2
admissionregistration.v1.ParamRef! name=string#1 namespace=string#2 parameterNotFoundAction%=string#4 selector=meta.v1.LabelSelector#3
admissionregistration.v1.Rule& apiGroups#1 apiVersions#2 resources#3 scope#4
admissionregistration.v1.RuleWithOperations apiGroups=[]string apiVersions=[]string operations=[]string#1 resources=[]string scope%=string <rule=admissionregistration.v1.Rule#2
admissionregistration.v1.ServiceReference name*+=string#2 namespace*+=string#1 path%=string#3 port%=int32#4
admissionregistration.v1.TypeChecking expressionWarnings=[]admissionregistration.v1.ExpressionWarning#1
admissionregistration.v1.ValidatingAdmissionPolicy apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=admissionregistration.v1.ValidatingAdmissionPolicySpec#2 status+=admissionregistration.v1.ValidatingAdmissionPolicyStatus#3
admissionregistration.v1.ValidatingAdmissionPolicyBinding apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec#2
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec matchResources=admissionregistration.v1.MatchResources#3 paramRef=admissionregistration.v1.ParamRef#2 policyName*=string#1 validationActions*=[=]string#4
admissionregistration.v1.ValidatingAdmissionPolicySpec auditAnnotations=[]admissionregistration.v1.AuditAnnotation#5 failurePolicy%=string#4 matchConditions=[name]admissionregistration.v1.MatchCondition~name#6 matchConstraints=admissionregistration.v1.MatchResources#2 paramKind=admissionregistration.v1.ParamKind#1 validations=[]admissionregistration.v1.Validation#3 variables=[name]admissionregistration.v1.Variable~name#7
admissionregistration.v1.ValidatingAdmissionPolicyStatus conditions=[type]meta.v1.Condition#3 observedGeneration=int64#1 typeChecking=admissionregistration.v1.TypeChecking#2
admissionregistration.v1.ValidatingWebhook admissionReviewVersions*+=[]string#8 clientConfig*+=admissionregistration.v1.WebhookClientConfig#2 failurePolicy%=string#4 matchConditions=[name]admissionregistration.v1.MatchCondition~name#11 matchPolicy%=string#9 name*+=string#1 namespaceSelector=meta.v1.LabelSelector#5 objectSelector=meta.v1.LabelSelector#10 rules=[]admissionregistration.v1.RuleWithOperations#3 sideEffects*?=string#6 timeoutSeconds%=int32#7
admissionregistration.v1.ValidatingWebhookConfiguration apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 webhooks=[name]admissionregistration.v1.ValidatingWebhook~name <Webhooks=admissionregistration.v1.ValidatingWebhook#2
admissionregistration.v1.Validation expression*+=string message=string#2 messageExpression=string#4 reason%=string#3
admissionregistration.v1.Variable! expression*+=string name*+=string
admissionregistration.v1.WebhookClientConfig caBundle=bytes#2 service=admissionregistration.v1.ServiceReference#1 url%=string#3
apiextensions.v1.CustomResourceColumnDefinition? description=string format=string jsonPath*=string name*=string priority=int32 type*=string
apiextensions.v1.CustomResourceConversion? strategy*=string webhook=apiextensions.v1.WebhookConversion
apiextensions.v1.CustomResourceDefinition? apiVersion=string kind=string metadata=meta.v1.ObjectMeta spec*=apiextensions.v1.CustomResourceDefinitionSpec status=apiextensions.v1.CustomResourceDefinitionStatus
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
apiregistration.v1.APIService? apiVersion=string kind=string metadata=meta.v1.ObjectMeta spec=apiregistration.v1.APIServiceSpec status=apiregistration.v1.APIServiceStatus
apiregistration.v1.APIServiceCondition? lastTransitionTime=time message=string reason=string status*=string type*=string
apiregistration.v1.APIServiceSpec? caBundle=bytes group=string groupPriorityMinimum*=int32 insecureSkipTLSVerify=bool service=apiregistration.v1.ServiceReference version=string versionPriority*=int32
apiregistration.v1.APIServiceStatus? conditions=[type]apiregistration.v1.APIServiceCondition~type
apiregistration.v1.ServiceReference? name=string namespace=string port=int32
apps.v1.ControllerRevision apiVersion=string data+=raw#2 kind=string metadata+=meta.v1.ObjectMeta#1 revision*+=int64#3
apps.v1.DaemonSet apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.DaemonSetSpec#2 status+=apps.v1.DaemonSetStatus#3
apps.v1.DaemonSetCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status*+=string#2 type*+=string#1
apps.v1.DaemonSetSpec minReadySeconds=int32#4 revisionHistoryLimit%=int32#6 selector*?=meta.v1.LabelSelector#1 template*+=core.v1.PodTemplateSpec#2 updateStrategy+=apps.v1.DaemonSetUpdateStrategy#3
apps.v1.DaemonSetStatus collisionCount%=int32#9 conditions=[type]apps.v1.DaemonSetCondition~type#10 currentNumberScheduled*+=int32#1 desiredNumberScheduled*+=int32#3 numberAvailable=int32#7 numberMisscheduled*+=int32#2 numberReady*+=int32#4 numberUnavailable=int32#8 observedGeneration=int64#5 updatedNumberScheduled=int32#6
apps.v1.DaemonSetUpdateStrategy rollingUpdate=apps.v1.RollingUpdateDaemonSet#2 type=string#1
apps.v1.Deployment apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.DeploymentSpec#2 status+=apps.v1.DeploymentStatus#3
apps.v1.DeploymentCondition lastTransitionTime+=time#7 lastUpdateTime+=time#6 message=string#5 reason=string#4 status*+=string#2 type*+=string#1
apps.v1.DeploymentSpec minReadySeconds=int32#5 paused=bool#7 progressDeadlineSeconds%=int32#9 replicas%=int32#1 revisionHistoryLimit%=int32#6 selector*?=meta.v1.LabelSelector#2 strategy+=apps.v1.DeploymentStrategy^#4 template*+=core.v1.PodTemplateSpec#3
apps.v1.DeploymentStatus availableReplicas=int32#4 collisionCount%=int32#8 conditions=[type]apps.v1.DeploymentCondition~type#6 observedGeneration=int64#1 readyReplicas=int32#7 replicas=int32#2 terminatingReplicas%=int32#9 unavailableReplicas=int32#5 updatedReplicas=int32#3
apps.v1.DeploymentStrategy rollingUpdate=apps.v1.RollingUpdateDeployment#2 type=string#1
apps.v1.ReplicaSet apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.ReplicaSetSpec#2 status+=apps.v1.ReplicaSetStatus#3
apps.v1.ReplicaSetCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status*+=string#2 type*+=string#1
apps.v1.ReplicaSetSpec minReadySeconds=int32#4 replicas%=int32#1 selector*?=meta.v1.LabelSelector#2 template+=core.v1.PodTemplateSpec#3
apps.v1.ReplicaSetStatus availableReplicas=int32#5 conditions=[type]apps.v1.ReplicaSetCondition~type#6 fullyLabeledReplicas=int32#2 observedGeneration=int64#3 readyReplicas=int32#4 replicas*+=int32#1 terminatingReplicas%=int32#7
apps.v1.RollingUpdateDaemonSet maxSurge%=intstr#2 maxUnavailable%=intstr#1
apps.v1.RollingUpdateDeployment maxSurge%=intstr#2 maxUnavailable%=intstr#1
apps.v1.RollingUpdateStatefulSetStrategy maxUnavailable%=intstr#2 partition%=int32#1
apps.v1.StatefulSet apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=apps.v1.StatefulSetSpec#2 status+=apps.v1.StatefulSetStatus#3
apps.v1.StatefulSetCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status*+=string#2 type*+=string#1
apps.v1.StatefulSetOrdinals start+=int32#1
apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted=string#1 whenScaled=string#2
apps.v1.StatefulSetSpec minReadySeconds=int32#9 ordinals=apps.v1.StatefulSetOrdinals#11 persistentVolumeClaimRetentionPolicy=apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy#10 podManagementPolicy=string#6 replicas%=int32#1 revisionHistoryLimit%=int32#8 selector*?=meta.v1.LabelSelector#2 serviceName+=string#5 template*+=core.v1.PodTemplateSpec#3 updateStrategy+=apps.v1.StatefulSetUpdateStrategy#7 volumeClaimTemplates=[]core.v1.PersistentVolumeClaim#4
apps.v1.StatefulSetStatus availableReplicas+=int32#11 collisionCount%=int32#9 conditions=[type]apps.v1.StatefulSetCondition~type#10 currentReplicas=int32#4 currentRevision=string#6 observedGeneration=int64#1 readyReplicas=int32#3 replicas*+=int32#2 updateRevision=string#7 updatedReplicas=int32#5
apps.v1.StatefulSetUpdateStrategy rollingUpdate=apps.v1.RollingUpdateStatefulSetStrategy#2 type=string#1
authentication.v1.BoundObjectReference apiVersion=string#2 kind=string#1 name=string#3 uid=string
authentication.v1.SelfSubjectReview apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 status+=authentication.v1.SelfSubjectReviewStatus#2
authentication.v1.SelfSubjectReviewStatus userInfo+=authentication.v1.UserInfo#1
authentication.v1.TokenRequest apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=authentication.v1.TokenRequestSpec#2 status+=authentication.v1.TokenRequestStatus#3
authentication.v1.TokenRequestSpec audiences+=[]string#1 boundObjectRef?=authentication.v1.BoundObjectReference#3 expirationSeconds?=int64#4
authentication.v1.TokenRequestStatus expirationTimestamp+=time#2 token+=string#1
authentication.v1.TokenReview apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=authentication.v1.TokenReviewSpec#2 status+=authentication.v1.TokenReviewStatus#3
authentication.v1.TokenReviewSpec audiences=[]string#2 token*=string#1
authentication.v1.TokenReviewStatus audiences=[]string#4 authenticated=bool#1 error=string#3 user+=authentication.v1.UserInfo#2
authentication.v1.UserInfo extra={}[]string#4 groups=[]string#3 uid=string#2 username=string#1
authorization.v1.FieldSelectorAttributes rawSelector=string#1 requirements=[]meta.v1.FieldSelectorRequirement#2
authorization.v1.LabelSelectorAttributes rawSelector=string#1 requirements=[]meta.v1.LabelSelectorRequirement#2
authorization.v1.LocalSubjectAccessReview apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SubjectAccessReviewSpec#2 status+=authorization.v1.SubjectAccessReviewStatus#3
authorization.v1.NonResourceAttributes path=string#1 verb=string#2
authorization.v1.NonResourceRule nonResourceURLs=[]string#2 verbs*+=[]string#1
authorization.v1.ResourceAttributes fieldSelector=authorization.v1.FieldSelectorAttributes#8 group=string#3 labelSelector=authorization.v1.LabelSelectorAttributes#9 name=string#7 namespace=string#1 resource=string#5 subresource=string#6 verb=string#2 version=string#4
authorization.v1.ResourceRule apiGroups=[]string#2 resourceNames=[]string#4 resources=[]string#3 verbs*+=[]string#1
authorization.v1.SelfSubjectAccessReview apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SelfSubjectAccessReviewSpec#2 status+=authorization.v1.SubjectAccessReviewStatus#3
authorization.v1.SelfSubjectAccessReviewSpec nonResourceAttributes=authorization.v1.NonResourceAttributes#2 resourceAttributes=authorization.v1.ResourceAttributes#1
authorization.v1.SelfSubjectRulesReview apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SelfSubjectRulesReviewSpec#2 status+=authorization.v1.SubjectRulesReviewStatus#3
authorization.v1.SelfSubjectRulesReviewSpec namespace=string#1
authorization.v1.SubjectAccessReview apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=authorization.v1.SubjectAccessReviewSpec#2 status+=authorization.v1.SubjectAccessReviewStatus#3
authorization.v1.SubjectAccessReviewSpec extra={}[]string#5 groups=[]string#4 nonResourceAttributes=authorization.v1.NonResourceAttributes#2 resourceAttributes=authorization.v1.ResourceAttributes#1 uid=string#6 user=string#3
authorization.v1.SubjectAccessReviewStatus allowed*+=bool#1 denied=bool#4 evaluationError=string#3 reason=string#2
authorization.v1.SubjectRulesReviewStatus evaluationError=string#4 incomplete*+=bool#3 nonResourceRules*+=[]authorization.v1.NonResourceRule#2 resourceRules*+=[]authorization.v1.ResourceRule#1
autoscaling.v1.CrossVersionObjectReference! apiVersion=string#3 kind*+=string#1 name*+=string#2
autoscaling.v1.HorizontalPodAutoscaler apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=autoscaling.v1.HorizontalPodAutoscalerSpec#2 status+=autoscaling.v1.HorizontalPodAutoscalerStatus#3
autoscaling.v1.HorizontalPodAutoscalerSpec maxReplicas*+=int32#3 minReplicas%=int32#2 scaleTargetRef*+=autoscaling.v1.CrossVersionObjectReference#1 targetCPUUtilizationPercentage%=int32#4
autoscaling.v1.HorizontalPodAutoscalerStatus currentCPUUtilizationPercentage%=int32#5 currentReplicas*+=int32#3 desiredReplicas*+=int32#4 lastScaleTime%=time#2 observedGeneration%=int64#1
autoscaling.v1.Scale apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=autoscaling.v1.ScaleSpec#2 status+=autoscaling.v1.ScaleStatus#3
autoscaling.v1.ScaleSpec replicas=int32#1
autoscaling.v1.ScaleStatus replicas*+=int32#1 selector=string#2
autoscaling.v2.ContainerResourceMetricSource container*+=string#3 name*+=string#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.ContainerResourceMetricStatus container*+=string#3 current*+=autoscaling.v2.MetricValueStatus#2 name*+=string#1
autoscaling.v2.CrossVersionObjectReference apiVersion=string#3 kind*+=string#1 name*+=string#2
autoscaling.v2.ExternalMetricSource metric*+=autoscaling.v2.MetricIdentifier#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.ExternalMetricStatus current*+=autoscaling.v2.MetricValueStatus#2 metric*+=autoscaling.v2.MetricIdentifier#1
autoscaling.v2.HPAScalingPolicy periodSeconds*+=int32#3 type*+=string#1 value*+=int32#2
autoscaling.v2.HPAScalingRules policies=[]autoscaling.v2.HPAScalingPolicy#2 selectPolicy%=string#1 stabilizationWindowSeconds%=int32#3 tolerance%=quantity#4
autoscaling.v2.HorizontalPodAutoscaler apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=autoscaling.v2.HorizontalPodAutoscalerSpec#2 status+=autoscaling.v2.HorizontalPodAutoscalerStatus#3
autoscaling.v2.HorizontalPodAutoscalerBehavior scaleDown=autoscaling.v2.HPAScalingRules#2 scaleUp=autoscaling.v2.HPAScalingRules#1
autoscaling.v2.HorizontalPodAutoscalerCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status*+=string#2 type*+=string#1
autoscaling.v2.HorizontalPodAutoscalerSpec behavior=autoscaling.v2.HorizontalPodAutoscalerBehavior#5 maxReplicas*+=int32#3 metrics=[]autoscaling.v2.MetricSpec#4 minReplicas%=int32#2 scaleTargetRef*+=autoscaling.v2.CrossVersionObjectReference#1
autoscaling.v2.HorizontalPodAutoscalerStatus conditions=[type]autoscaling.v2.HorizontalPodAutoscalerCondition~type#6 currentMetrics+=[]autoscaling.v2.MetricStatus#5 currentReplicas=int32#3 desiredReplicas*+=int32#4 lastScaleTime%=time#2 observedGeneration%=int64#1
autoscaling.v2.MetricIdentifier name*+=string#1 selector=meta.v1.LabelSelector#2
autoscaling.v2.MetricSpec containerResource=autoscaling.v2.ContainerResourceMetricSource#7 external=autoscaling.v2.ExternalMetricSource#5 object=autoscaling.v2.ObjectMetricSource#2 pods=autoscaling.v2.PodsMetricSource#3 resource=autoscaling.v2.ResourceMetricSource#4 type*+=string#1
autoscaling.v2.MetricStatus containerResource=autoscaling.v2.ContainerResourceMetricStatus#7 external=autoscaling.v2.ExternalMetricStatus#5 object=autoscaling.v2.ObjectMetricStatus#2 pods=autoscaling.v2.PodsMetricStatus#3 resource=autoscaling.v2.ResourceMetricStatus#4 type*+=string#1
autoscaling.v2.MetricTarget averageUtilization%=int32#4 averageValue%=quantity#3 type*+=string#1 value%=quantity#2
autoscaling.v2.MetricValueStatus averageUtilization%=int32#3 averageValue%=quantity#2 value%=quantity#1
autoscaling.v2.ObjectMetricSource describedObject*+=autoscaling.v2.CrossVersionObjectReference#1 metric*+=autoscaling.v2.MetricIdentifier#3 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.ObjectMetricStatus current*+=autoscaling.v2.MetricValueStatus#2 describedObject*+=autoscaling.v2.CrossVersionObjectReference#3 metric*+=autoscaling.v2.MetricIdentifier#1
autoscaling.v2.PodsMetricSource metric*+=autoscaling.v2.MetricIdentifier#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.PodsMetricStatus current*+=autoscaling.v2.MetricValueStatus#2 metric*+=autoscaling.v2.MetricIdentifier#1
autoscaling.v2.ResourceMetricSource name*+=string#1 target*+=autoscaling.v2.MetricTarget#2
autoscaling.v2.ResourceMetricStatus current*+=autoscaling.v2.MetricValueStatus#2 name*+=string#1
batch.v1.CronJob apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=batch.v1.CronJobSpec#2 status+=batch.v1.CronJobStatus#3
batch.v1.CronJobSpec concurrencyPolicy=string#3 failedJobsHistoryLimit%=int32#7 jobTemplate*+=batch.v1.JobTemplateSpec#5 schedule*+=string#1 startingDeadlineSeconds%=int64#2 successfulJobsHistoryLimit%=int32#6 suspend%=bool#4 timeZone%=string#8
batch.v1.CronJobStatus active=[]core.v1.ObjectReference#1 lastScheduleTime%=time#4 lastSuccessfulTime%=time#5
batch.v1.Job apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=batch.v1.JobSpec#2 status+=batch.v1.JobStatus#3
batch.v1.JobCondition lastProbeTime+=time#3 lastTransitionTime+=time#4 message=string#6 reason=string#5 status*+=string#2 type*+=string#1
batch.v1.JobSpec activeDeadlineSeconds%=int64#3 backoffLimit%=int32#7 backoffLimitPerIndex%=int32#12 completionMode%=string#9 completions%=int32#2 managedBy%=string#15 manualSelector%=bool#5 maxFailedIndexes%=int32#13 parallelism%=int32#1 podFailurePolicy=batch.v1.PodFailurePolicy#11 podReplacementPolicy%=string#14 selector=meta.v1.LabelSelector#4 successPolicy=batch.v1.SuccessPolicy#16 suspend%=bool#10 template*+=core.v1.PodTemplateSpec#6 ttlSecondsAfterFinished%=int32#8
batch.v1.JobStatus active=int32#4 completedIndexes=string#7 completionTime%=time#3 conditions=[]batch.v1.JobCondition~type#1 failed=int32#6 failedIndexes%=string#10 ready%=int32#9 startTime%=time#2 succeeded=int32#5 terminating%=int32#11 uncountedTerminatedPods=batch.v1.UncountedTerminatedPods#8
batch.v1.JobTemplateSpec metadata+=meta.v1.ObjectMeta#1 spec+=batch.v1.JobSpec#2
batch.v1.PodFailurePolicy rules*+=[]batch.v1.PodFailurePolicyRule#1
batch.v1.PodFailurePolicyOnExitCodesRequirement containerName%=string#1 operator*+=string#2 values*+=[=]int32#3
batch.v1.PodFailurePolicyOnPodConditionsPattern status+=string#2 type*+=string#1
batch.v1.PodFailurePolicyRule action*+=string#1 onExitCodes=batch.v1.PodFailurePolicyOnExitCodesRequirement#2 onPodConditions=[]batch.v1.PodFailurePolicyOnPodConditionsPattern#3
batch.v1.SuccessPolicy rules*+=[]batch.v1.SuccessPolicyRule#1
batch.v1.SuccessPolicyRule succeededCount%=int32#2 succeededIndexes%=string#1
batch.v1.UncountedTerminatedPods failed=[=]string#2 succeeded=[=]string#1
certificates.v1.CertificateSigningRequest apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=certificates.v1.CertificateSigningRequestSpec#2 status+=certificates.v1.CertificateSigningRequestStatus#3
certificates.v1.CertificateSigningRequestCondition lastTransitionTime+=time#5 lastUpdateTime+=time#4 message=string#3 reason=string#2 status*+=string#6 type*+=string#1
certificates.v1.CertificateSigningRequestSpec expirationSeconds%=int32#8 extra={}[]string#6 groups=[]string#4 request*+=bytes#1 signerName*+=string#7 uid=string#3 usages=[]string#5 username=string#2
certificates.v1.CertificateSigningRequestStatus certificate=bytes#2 conditions=[type]certificates.v1.CertificateSigningRequestCondition#1
coordination.v1.Lease apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=coordination.v1.LeaseSpec#2
coordination.v1.LeaseSpec acquireTime%=microtime#3 holderIdentity%=string#1 leaseDurationSeconds%=int32#2 leaseTransitions%=int32#5 preferredHolder%=string#7 renewTime%=microtime#4 strategy%=string#6
core.v1.AWSElasticBlockStoreVolumeSource fsType=string#2 partition=int32#3 readOnly=bool#4 volumeID*+=string#1
core.v1.Affinity nodeAffinity=core.v1.NodeAffinity#1 podAffinity=core.v1.PodAffinity#2 podAntiAffinity=core.v1.PodAntiAffinity#3
core.v1.AppArmorProfile localhostProfile%=string#2 type*+=string#1
core.v1.AttachedVolume devicePath*+=string#2 name*+=string#1
core.v1.AzureDiskVolumeSource cachingMode%=string#3 diskName*+=string#1 diskURI*+=string#2 fsType%=string#4 kind%=string#6 readOnly%=bool#5
core.v1.AzureFilePersistentVolumeSource readOnly=bool#3 secretName*+=string#1 secretNamespace?=string#4 shareName*+=string#2
core.v1.AzureFileVolumeSource readOnly=bool#3 secretName*+=string#1 shareName*+=string#2
core.v1.Binding apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 target*+=core.v1.ObjectReference#2
core.v1.CSIPersistentVolumeSource controllerExpandSecretRef=core.v1.SecretReference#9 controllerPublishSecretRef=core.v1.SecretReference#6 driver*+=string#1 fsType=string#4 nodeExpandSecretRef=core.v1.SecretReference#10 nodePublishSecretRef=core.v1.SecretReference#8 nodeStageSecretRef=core.v1.SecretReference#7 readOnly=bool#3 volumeAttributes={}string#5 volumeHandle*+=string#2
core.v1.CSIVolumeSource driver*+=string#1 fsType%=string#3 nodePublishSecretRef=core.v1.LocalObjectReference#5 readOnly%=bool#2 volumeAttributes={}string#4
core.v1.Capabilities add=[]string#1 drop=[]string#2
core.v1.CephFSPersistentVolumeSource monitors*+=[]string#1 path=string#2 readOnly=bool#6 secretFile=string#4 secretRef=core.v1.SecretReference#5 user=string#3
core.v1.CephFSVolumeSource monitors*+=[]string#1 path=string#2 readOnly=bool#6 secretFile=string#4 secretRef=core.v1.LocalObjectReference#5 user=string#3
core.v1.CinderPersistentVolumeSource fsType=string#2 readOnly=bool#3 secretRef=core.v1.SecretReference#4 volumeID*+=string#1
core.v1.CinderVolumeSource fsType=string#2 readOnly=bool#3 secretRef=core.v1.LocalObjectReference#4 volumeID*+=string#1
core.v1.ClientIPConfig timeoutSeconds%=int32#1
core.v1.ClusterTrustBundleProjection labelSelector=meta.v1.LabelSelector#3 name%=string#1 optional%=bool#5 path*+=string#4 signerName%=string#2
core.v1.ComponentCondition error=string#4 message=string#3 status*+=string#2 type*+=string#1
core.v1.ComponentStatus apiVersion=string conditions=[type]core.v1.ComponentCondition~type#2 kind=string metadata+=meta.v1.ObjectMeta#1
core.v1.ConfigMap apiVersion=string binaryData={}bytes#3 data={}string#2 immutable%=bool#4 kind=string metadata+=meta.v1.ObjectMeta#1
core.v1.ConfigMapEnvSource name=string optional%=bool#2 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.ConfigMapKeySelector! key*+=string#2 name=string optional%=bool#3 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.ConfigMapNodeConfigSource kubeletConfigKey*+=string#5 name*+=string#2 namespace*+=string#1 resourceVersion=string#4 uid=string#3
core.v1.ConfigMapProjection items=[]core.v1.KeyToPath#2 name=string optional%=bool#4 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.ConfigMapVolumeSource defaultMode%=int32#3 items=[]core.v1.KeyToPath#2 name=string optional%=bool#4 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.Container args=[]string#4 command=[]string#3 env=[name]core.v1.EnvVar~name#7 envFrom=[]core.v1.EnvFromSource#19 image=string#2 imagePullPolicy=string#14 lifecycle=core.v1.Lifecycle#12 livenessProbe=core.v1.Probe#10 name*+=string#1 ports=[containerPort,protocol]core.v1.ContainerPort~containerPort#6 readinessProbe=core.v1.Probe#11 resizePolicy=[]core.v1.ContainerResizePolicy#23 resources+=core.v1.ResourceRequirements#8 restartPolicy%=string#24 restartPolicyRules=[]core.v1.ContainerRestartRule#25 securityContext=core.v1.SecurityContext#15 startupProbe=core.v1.Probe#22 stdin=bool#16 stdinOnce=bool#17 terminationMessagePath=string#13 terminationMessagePolicy=string#20 tty=bool#18 volumeDevices=[devicePath]core.v1.VolumeDevice~devicePath#21 volumeMounts=[mountPath]core.v1.VolumeMount~mountPath#9 workingDir=string#5
core.v1.ContainerExtendedResourceRequest containerName*+=string#1 requestName*+=string#3 resourceName*+=string#2
core.v1.ContainerImage names+=[]string#1 sizeBytes=int64#2
core.v1.ContainerPort containerPort*+=int32#3 hostIP=string#5 hostPort=int32#2 name=string#1 protocol=string#4
core.v1.ContainerResizePolicy resourceName*+=string#1 restartPolicy*+=string#2
core.v1.ContainerRestartRule action*=string#1 exitCodes=core.v1.ContainerRestartRuleOnExitCodes#2
core.v1.ContainerRestartRuleOnExitCodes operator*=string#1 values=[=]int32#2
core.v1.ContainerState running=core.v1.ContainerStateRunning#2 terminated=core.v1.ContainerStateTerminated#3 waiting=core.v1.ContainerStateWaiting#1
core.v1.ContainerStateRunning startedAt+=time#1
core.v1.ContainerStateTerminated containerID=string#7 exitCode*+=int32#1 finishedAt+=time#6 message=string#4 reason=string#3 signal=int32#2 startedAt+=time#5
core.v1.ContainerStateWaiting message=string#2 reason=string#1
core.v1.ContainerStatus allocatedResources={}quantity#10 allocatedResourcesStatus=[name]core.v1.ResourceStatus~name#14 containerID=string#8 image*+=string#6 imageID*+=string#7 lastState+=core.v1.ContainerState#3 name*+=string#1 ready*+=bool#4 resources=core.v1.ResourceRequirements#11 restartCount*+=int32#5 started%=bool#9 state+=core.v1.ContainerState#2 stopSignal%=string#15 user=core.v1.ContainerUser#13 volumeMounts=[mountPath]core.v1.VolumeMountStatus~mountPath#12
core.v1.ContainerUser linux=core.v1.LinuxContainerUser#1
core.v1.DaemonEndpoint Port*+=int32#1
core.v1.DownwardAPIProjection items=[]core.v1.DownwardAPIVolumeFile#1
core.v1.DownwardAPIVolumeFile fieldRef=core.v1.ObjectFieldSelector#2 mode%=int32#4 path*+=string#1 resourceFieldRef=core.v1.ResourceFieldSelector#3
core.v1.DownwardAPIVolumeSource defaultMode%=int32#2 items=[]core.v1.DownwardAPIVolumeFile#1
core.v1.EmptyDirVolumeSource medium=string#1 sizeLimit%=quantity#2
core.v1.EndpointAddress! hostname=string#3 ip*+=string#1 nodeName%=string#4 targetRef=core.v1.ObjectReference#2
core.v1.EndpointPort! appProtocol%=string#4 name=string#1 port*+=int32#2 protocol=string#3
core.v1.EndpointSubset addresses=[]core.v1.EndpointAddress#1 notReadyAddresses=[]core.v1.EndpointAddress#2 ports=[]core.v1.EndpointPort#3
core.v1.Endpoints apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 subsets=[]core.v1.EndpointSubset#2
core.v1.EnvFromSource configMapRef=core.v1.ConfigMapEnvSource#2 prefix=string#1 secretRef=core.v1.SecretEnvSource#3
core.v1.EnvVar name*+=string#1 value=string#2 valueFrom=core.v1.EnvVarSource#3
core.v1.EnvVarSource configMapKeyRef=core.v1.ConfigMapKeySelector#3 fieldRef=core.v1.ObjectFieldSelector#1 fileKeyRef=core.v1.FileKeySelector#5 resourceFieldRef=core.v1.ResourceFieldSelector#2 secretKeyRef=core.v1.SecretKeySelector#4
core.v1.EphemeralContainer args=[]string command=[]string env=[name]core.v1.EnvVar~name envFrom=[]core.v1.EnvFromSource image=string imagePullPolicy=string lifecycle=core.v1.Lifecycle livenessProbe=core.v1.Probe name*+=string ports=[containerPort,protocol]core.v1.ContainerPort~containerPort readinessProbe=core.v1.Probe resizePolicy=[]core.v1.ContainerResizePolicy resources+=core.v1.ResourceRequirements restartPolicy%=string restartPolicyRules=[]core.v1.ContainerRestartRule securityContext=core.v1.SecurityContext startupProbe=core.v1.Probe stdin=bool stdinOnce=bool targetContainerName=string#2 terminationMessagePath=string terminationMessagePolicy=string tty=bool volumeDevices=[devicePath]core.v1.VolumeDevice~devicePath volumeMounts=[mountPath]core.v1.VolumeMount~mountPath workingDir=string <ephemeralContainerCommon=core.v1.EphemeralContainerCommon#1
core.v1.EphemeralContainerCommon& name#1 image#2 command#3 args#4 workingDir#5 ports#6 envFrom#19 env#7 resources#8 resizePolicy#23 restartPolicy#24 restartPolicyRules#25 volumeMounts#9 volumeDevices#21 livenessProbe#10 readinessProbe#11 startupProbe#22 lifecycle#12 terminationMessagePath#13 terminationMessagePolicy#20 imagePullPolicy#14 securityContext#15 stdin#16 stdinOnce#17 tty#18
core.v1.EphemeralVolumeSource volumeClaimTemplate=core.v1.PersistentVolumeClaimTemplate#1
core.v1.Event action=string#12 apiVersion=string count=int32#8 eventTime+=microtime#10 firstTimestamp+=time#6 involvedObject*+=core.v1.ObjectReference#2 kind=string lastTimestamp+=time#7 message=string#4 metadata*+=meta.v1.ObjectMeta#1 reason=string#3 related=core.v1.ObjectReference#13 reportingComponent+=string#14 reportingInstance+=string#15 series=core.v1.EventSeries#11 source+=core.v1.EventSource#5 type=string#9
core.v1.EventSeries count=int32#1 lastObservedTime+=microtime#2
core.v1.EventSource component=string#1 host=string#2
core.v1.ExecAction command=[]string#1
core.v1.FCVolumeSource fsType=string#3 lun%=int32#2 readOnly=bool#4 targetWWNs=[]string#1 wwids=[]string#5
core.v1.FileKeySelector! key*+=string#3 optional%=bool#4 path*+=string#2 volumeName*+=string#1
core.v1.FlexPersistentVolumeSource driver*+=string#1 fsType=string#2 options={}string#5 readOnly=bool#4 secretRef=core.v1.SecretReference#3
core.v1.FlexVolumeSource driver*+=string#1 fsType=string#2 options={}string#5 readOnly=bool#4 secretRef=core.v1.LocalObjectReference#3
core.v1.FlockerVolumeSource datasetName=string#1 datasetUUID=string#2
core.v1.GCEPersistentDiskVolumeSource fsType=string#2 partition=int32#3 pdName*+=string#1 readOnly=bool#4
core.v1.GRPCAction port*+=int32#1 service?=string#2
core.v1.GitRepoVolumeSource directory=string#3 repository*+=string#1 revision=string#2
core.v1.GlusterfsPersistentVolumeSource endpoints*+=string#1 endpointsNamespace%=string#4 path*+=string#2 readOnly=bool#3
core.v1.GlusterfsVolumeSource endpoints*+=string#1 path*+=string#2 readOnly=bool#3
core.v1.HTTPGetAction host=string#3 httpHeaders=[]core.v1.HTTPHeader#5 path=string#1 port*+=intstr#2 scheme=string#4
core.v1.HTTPHeader name*+=string#1 value*+=string#2
core.v1.HostAlias hostnames=[]string#2 ip*+=string#1
core.v1.HostIP ip*+=string#1
core.v1.HostPathVolumeSource path*+=string#1 type%=string#2
core.v1.ISCSIPersistentVolumeSource chapAuthDiscovery=bool#8 chapAuthSession=bool#11 fsType=string#5 initiatorName%=string#12 iqn*+=string#2 iscsiInterface=string#4 lun*+=int32#3 portals=[]string#7 readOnly=bool#6 secretRef=core.v1.SecretReference#10 targetPortal*+=string#1
core.v1.ISCSIVolumeSource chapAuthDiscovery=bool#8 chapAuthSession=bool#11 fsType=string#5 initiatorName%=string#12 iqn*+=string#2 iscsiInterface=string#4 lun*+=int32#3 portals=[]string#7 readOnly=bool#6 secretRef=core.v1.LocalObjectReference#10 targetPortal*+=string#1
core.v1.ImageVolumeSource pullPolicy=string#2 reference=string#1
core.v1.ImageVolumeStatus imageRef*=string#1
core.v1.KeyToPath key*+=string#1 mode%=int32#3 path*+=string#2
core.v1.Lifecycle postStart=core.v1.LifecycleHandler#1 preStop=core.v1.LifecycleHandler#2 stopSignal%=string#3
core.v1.LifecycleHandler exec=core.v1.ExecAction#1 httpGet=core.v1.HTTPGetAction#2 sleep=core.v1.SleepAction#4 tcpSocket=core.v1.TCPSocketAction#3
core.v1.LimitRange apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.LimitRangeSpec#2
core.v1.LimitRangeItem default={}quantity#4 defaultRequest={}quantity#5 max={}quantity#2 maxLimitRequestRatio={}quantity#6 min={}quantity#3 type*+=string#1
core.v1.LimitRangeSpec limits*+=[]core.v1.LimitRangeItem#1
core.v1.LinuxContainerUser gid*+=int64#2 supplementalGroups=[]int64#3 uid*+=int64#1
core.v1.LoadBalancerIngress hostname=string#2 ip=string#1 ipMode%=string#3 ports=[]core.v1.PortStatus#4
core.v1.LoadBalancerStatus ingress=[]core.v1.LoadBalancerIngress#1
core.v1.LocalObjectReference! name=string#1
core.v1.LocalVolumeSource fsType%=string#2 path*+=string#1
core.v1.ModifyVolumeStatus status*+=string#2 targetVolumeAttributesClassName=string#1
core.v1.NFSVolumeSource path*+=string#2 readOnly=bool#3 server*+=string#1
core.v1.Namespace apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.NamespaceSpec#2 status+=core.v1.NamespaceStatus#3
core.v1.NamespaceCondition lastTransitionTime+=time#4 message=string#6 reason=string#5 status*+=string#2 type*+=string#1
core.v1.NamespaceSpec finalizers=[]string#1
core.v1.NamespaceStatus conditions=[type]core.v1.NamespaceCondition~type#2 phase=string#1
core.v1.Node apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.NodeSpec#2 status+=core.v1.NodeStatus#3
core.v1.NodeAddress address*+=string#2 type*+=string#1
core.v1.NodeAffinity preferredDuringSchedulingIgnoredDuringExecution=[]core.v1.PreferredSchedulingTerm#2 requiredDuringSchedulingIgnoredDuringExecution=core.v1.NodeSelector#1
core.v1.NodeAllocatableResourceClaimStatus containers=[=]string#2 resourceClaimName*+=string#1 resources*+={}quantity#3
core.v1.NodeCondition lastHeartbeatTime+=time#3 lastTransitionTime+=time#4 message=string#6 reason=string#5 status*+=string#2 type*+=string#1
core.v1.NodeConfigSource configMap=core.v1.ConfigMapNodeConfigSource#2
core.v1.NodeConfigStatus active=core.v1.NodeConfigSource#2 assigned=core.v1.NodeConfigSource#1 error=string#4 lastKnownGood=core.v1.NodeConfigSource#3
core.v1.NodeDaemonEndpoints kubeletEndpoint+=core.v1.DaemonEndpoint#1
core.v1.NodeFeatures supplementalGroupsPolicy%=bool#1
core.v1.NodeRuntimeHandler features=core.v1.NodeRuntimeHandlerFeatures#2 name+=string#1
core.v1.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts%=bool#1 userNamespaces%=bool#2
core.v1.NodeSelector! nodeSelectorTerms*+=[]core.v1.NodeSelectorTerm#1
core.v1.NodeSelectorRequirement key*+=string#1 operator*+=string#2 values=[]string#3
core.v1.NodeSelectorTerm! matchExpressions=[]core.v1.NodeSelectorRequirement#1 matchFields=[]core.v1.NodeSelectorRequirement#2
core.v1.NodeSpec configSource=core.v1.NodeConfigSource#6 externalID=string#2 podCIDR=string#1 podCIDRs=[=]string~#7 providerID=string#3 taints=[]core.v1.Taint#5 unschedulable=bool#4
core.v1.NodeStatus addresses=[type]core.v1.NodeAddress~type#5 allocatable={}quantity#2 capacity={}quantity#1 conditions=[type]core.v1.NodeCondition~type#4 config=core.v1.NodeConfigStatus#11 daemonEndpoints+=core.v1.NodeDaemonEndpoints#6 declaredFeatures=[]string#14 features=core.v1.NodeFeatures#13 images=[]core.v1.ContainerImage#8 nodeInfo+=core.v1.NodeSystemInfo#7 phase=string#3 runtimeHandlers=[]core.v1.NodeRuntimeHandler#12 volumesAttached=[]core.v1.AttachedVolume#10 volumesInUse=[]string#9
core.v1.NodeSwapStatus capacity%=int64#1
core.v1.NodeSystemInfo architecture*+=string#10 bootID*+=string#3 containerRuntimeVersion*+=string#6 kernelVersion*+=string#4 kubeProxyVersion*+=string#8 kubeletVersion*+=string#7 machineID*+=string#1 operatingSystem*+=string#9 osImage*+=string#5 swap=core.v1.NodeSwapStatus#11 systemUUID*+=string#2
core.v1.ObjectFieldSelector! apiVersion=string#1 fieldPath*+=string#2
core.v1.ObjectReference! apiVersion=string#5 fieldPath=string#7 kind=string#1 name=string#3 namespace=string#2 resourceVersion=string#6 uid=string#4
core.v1.PersistentVolume apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PersistentVolumeSpec#2 status+=core.v1.PersistentVolumeStatus#3
core.v1.PersistentVolumeClaim apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PersistentVolumeClaimSpec#2 status+=core.v1.PersistentVolumeClaimStatus#3
core.v1.PersistentVolumeClaimCondition lastProbeTime+=time#3 lastTransitionTime+=time#4 message=string#6 reason=string#5 status*+=string#2 type*+=string#1
core.v1.PersistentVolumeClaimSpec accessModes=[]string#1 dataSource=core.v1.TypedLocalObjectReference#7 dataSourceRef=core.v1.TypedObjectReference#8 resources+=core.v1.VolumeResourceRequirements#2 selector=meta.v1.LabelSelector#4 storageClassName%=string#5 volumeAttributesClassName%=string#9 volumeMode%=string#6 volumeName=string#3
core.v1.PersistentVolumeClaimStatus accessModes=[]string#2 allocatedResourceStatuses={}string#7 allocatedResources={}quantity#5 capacity={}quantity#3 conditions=[type]core.v1.PersistentVolumeClaimCondition~type#4 currentVolumeAttributesClassName%=string#8 modifyVolumeStatus=core.v1.ModifyVolumeStatus#9 phase=string#1
core.v1.PersistentVolumeClaimTemplate metadata+=meta.v1.ObjectMeta#1 spec*+=core.v1.PersistentVolumeClaimSpec#2
core.v1.PersistentVolumeClaimVolumeSource claimName*+=string#1 readOnly=bool#2
core.v1.PersistentVolumeSource& gcePersistentDisk#1 awsElasticBlockStore#2 hostPath#3 glusterfs#4 nfs#5 rbd#6 iscsi#7 cinder#8 cephfs#9 fc#10 flocker#11 flexVolume#12 azureFile#13 vsphereVolume#14 quobyte#15 azureDisk#16 photonPersistentDisk#17 portworxVolume#18 scaleIO#19 local#20 storageos#21 csi#22
core.v1.PersistentVolumeSpec accessModes=[]string#3 awsElasticBlockStore=core.v1.AWSElasticBlockStoreVolumeSource azureDisk=core.v1.AzureDiskVolumeSource azureFile=core.v1.AzureFilePersistentVolumeSource capacity={}quantity#1 cephfs=core.v1.CephFSPersistentVolumeSource cinder=core.v1.CinderPersistentVolumeSource claimRef=core.v1.ObjectReference#4 csi=core.v1.CSIPersistentVolumeSource fc=core.v1.FCVolumeSource flexVolume=core.v1.FlexPersistentVolumeSource flocker=core.v1.FlockerVolumeSource gcePersistentDisk=core.v1.GCEPersistentDiskVolumeSource glusterfs=core.v1.GlusterfsPersistentVolumeSource hostPath=core.v1.HostPathVolumeSource iscsi=core.v1.ISCSIPersistentVolumeSource local=core.v1.LocalVolumeSource mountOptions=[]string#7 nfs=core.v1.NFSVolumeSource nodeAffinity=core.v1.VolumeNodeAffinity#9 persistentVolumeReclaimPolicy=string#5 photonPersistentDisk=core.v1.PhotonPersistentDiskVolumeSource portworxVolume=core.v1.PortworxVolumeSource quobyte=core.v1.QuobyteVolumeSource rbd=core.v1.RBDPersistentVolumeSource scaleIO=core.v1.ScaleIOPersistentVolumeSource storageClassName=string#6 storageos=core.v1.StorageOSPersistentVolumeSource volumeAttributesClassName%=string#10 volumeMode%=string#8 vsphereVolume=core.v1.VsphereVirtualDiskVolumeSource <persistentVolumeSource=core.v1.PersistentVolumeSource#2
core.v1.PersistentVolumeStatus lastPhaseTransitionTime%=time#4 message=string#2 phase=string#1 reason=string#3
core.v1.PhotonPersistentDiskVolumeSource fsType=string#2 pdID*+=string#1
core.v1.Pod apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PodSpec#2 status+=core.v1.PodStatus#3
core.v1.PodAffinity preferredDuringSchedulingIgnoredDuringExecution=[]core.v1.WeightedPodAffinityTerm#2 requiredDuringSchedulingIgnoredDuringExecution=[]core.v1.PodAffinityTerm#1
core.v1.PodAffinityTerm labelSelector=meta.v1.LabelSelector#1 matchLabelKeys=[]string#5 mismatchLabelKeys=[]string#6 namespaceSelector=meta.v1.LabelSelector#4 namespaces=[]string#2 topologyKey*+=string#3
core.v1.PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution=[]core.v1.WeightedPodAffinityTerm#2 requiredDuringSchedulingIgnoredDuringExecution=[]core.v1.PodAffinityTerm#1
core.v1.PodCertificateProjection certificateChainPath=string#6 credentialBundlePath=string#4 keyPath=string#5 keyType*=string#2 maxExpirationSeconds%=int32#3 signerName*=string#1 userAnnotations={}string#7
core.v1.PodCondition lastProbeTime+=time#3 lastTransitionTime+=time#4 message=string#6 observedGeneration=int64#7 reason=string#5 status*+=string#2 type*+=string#1
core.v1.PodDNSConfig nameservers=[]string#1 options=[]core.v1.PodDNSConfigOption#3 searches=[]string#2
core.v1.PodDNSConfigOption name=string#1 value%=string#2
core.v1.PodExtendedResourceClaimStatus requestMappings*+=[]core.v1.ContainerExtendedResourceRequest#1 resourceClaimName*+=string#2
core.v1.PodIP ip*+=string#1
core.v1.PodOS name*+=string#1
core.v1.PodReadinessGate conditionType*+=string#1
core.v1.PodResourceClaim name*+=string#1 resourceClaimName%=string#3 resourceClaimTemplateName%=string#4
core.v1.PodResourceClaimStatus name*+=string#1 resourceClaimName%=string#2
core.v1.PodSchedulingGate name*+=string#1
core.v1.PodSchedulingGroup podGroupName%=string#1
core.v1.PodSecurityContext appArmorProfile=core.v1.AppArmorProfile#11 fsGroup%=int64#5 fsGroupChangePolicy%=string#9 runAsGroup%=int64#6 runAsNonRoot%=bool#3 runAsUser%=int64#2 seLinuxChangePolicy%=string#13 seLinuxOptions=core.v1.SELinuxOptions#1 seccompProfile=core.v1.SeccompProfile#10 supplementalGroups=[]int64#4 supplementalGroupsPolicy%=string#12 sysctls=[]core.v1.Sysctl#7 windowsOptions=core.v1.WindowsSecurityContextOptions#8
core.v1.PodSpec activeDeadlineSeconds%=int64#5 affinity=core.v1.Affinity#18 automountServiceAccountToken%=bool#21 containers*+=[name]core.v1.Container~name#2 dnsConfig=core.v1.PodDNSConfig#26 dnsPolicy=string#6 enableServiceLinks%=bool#30 ephemeralContainers=[name]core.v1.EphemeralContainer~name#34 hostAliases=[ip]core.v1.HostAlias~ip#23 hostIPC=bool#13 hostNetwork=bool#11 hostPID=bool#12 hostUsers%=bool#37 hostname=string#16 hostnameOverride%=string#41 imagePullSecrets=[name]core.v1.LocalObjectReference~name#15 initContainers=[name]core.v1.Container~name#20 nodeName=string#10 nodeSelector={!}string#7 os=core.v1.PodOS#36 overhead={}quantity#32 preemptionPolicy%=string#31 priority%=int32#25 priorityClassName=string#24 readinessGates=[]core.v1.PodReadinessGate#28 resourceClaims=[name]core.v1.PodResourceClaim^~name#39 resources=core.v1.ResourceRequirements#40 restartPolicy=string#3 runtimeClassName%=string#29 schedulerName=string#19 schedulingGates=[name]core.v1.PodSchedulingGate~name#38 schedulingGroup=core.v1.PodSchedulingGroup#43 securityContext=core.v1.PodSecurityContext#14 serviceAccount=string#9 serviceAccountName=string#8 setHostnameAsFQDN%=bool#35 shareProcessNamespace%=bool#27 subdomain=string#17 terminationGracePeriodSeconds%=int64#4 tolerations=[]core.v1.Toleration#22 topologySpreadConstraints=[topologyKey,whenUnsatisfiable]core.v1.TopologySpreadConstraint~topologyKey#33 volumes=[name]core.v1.Volume^~name#1
core.v1.PodStatus allocatedResources={}quantity#19 conditions=[type]core.v1.PodCondition~type#2 containerStatuses=[]core.v1.ContainerStatus#8 ephemeralContainerStatuses=[]core.v1.ContainerStatus#13 extendedResourceClaimStatus=core.v1.PodExtendedResourceClaimStatus#18 hostIP=string#5 hostIPs=[]core.v1.HostIP~ip#16 initContainerStatuses=[]core.v1.ContainerStatus#10 message=string#3 nodeAllocatableResourceClaimStatuses=[]core.v1.NodeAllocatableResourceClaimStatus#21 nominatedNodeName=string#11 observedGeneration=int64#17 phase=string#1 podIP=string#6 podIPs=[ip]core.v1.PodIP~ip#12 qosClass=string#9 reason=string#4 resize=string#14 resourceClaimStatuses=[name]core.v1.PodResourceClaimStatus^~name#15 resources=core.v1.ResourceRequirements#20 startTime%=time#7
core.v1.PodTemplate apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 template+=core.v1.PodTemplateSpec#2
core.v1.PodTemplateSpec metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.PodSpec#2
core.v1.PortStatus error%=string#3 port*+=int32#1 protocol*+=string#2
core.v1.PortworxVolumeSource fsType=string#2 readOnly=bool#3 volumeID*+=string#1
core.v1.PreferredSchedulingTerm preference*+=core.v1.NodeSelectorTerm#2 weight*+=int32#1
core.v1.Probe exec=core.v1.ExecAction failureThreshold=int32#6 grpc=core.v1.GRPCAction httpGet=core.v1.HTTPGetAction initialDelaySeconds=int32#2 periodSeconds=int32#4 successThreshold=int32#5 tcpSocket=core.v1.TCPSocketAction terminationGracePeriodSeconds%=int64#7 timeoutSeconds=int32#3 <handler=core.v1.ProbeHandler#1
core.v1.ProbeHandler& exec#1 httpGet#2 tcpSocket#3 grpc#4
core.v1.ProjectedVolumeSource defaultMode%=int32#2 sources+=[]core.v1.VolumeProjection#1
core.v1.QuobyteVolumeSource group=string#5 readOnly=bool#3 registry*+=string#1 tenant=string#6 user=string#4 volume*+=string#2
core.v1.RBDPersistentVolumeSource fsType=string#3 image*+=string#2 keyring=string#6 monitors*+=[]string#1 pool=string#4 readOnly=bool#8 secretRef=core.v1.SecretReference#7 user=string#5
core.v1.RBDVolumeSource fsType=string#3 image*+=string#2 keyring=string#6 monitors*+=[]string#1 pool=string#4 readOnly=bool#8 secretRef=core.v1.LocalObjectReference#7 user=string#5
core.v1.ReplicationController apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.ReplicationControllerSpec#2 status+=core.v1.ReplicationControllerStatus#3
core.v1.ReplicationControllerCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status*+=string#2 type*+=string#1
core.v1.ReplicationControllerSpec minReadySeconds=int32#4 replicas%=int32#1 selector={!}string#2 template=core.v1.PodTemplateSpec#3
core.v1.ReplicationControllerStatus availableReplicas=int32#5 conditions=[type]core.v1.ReplicationControllerCondition~type#6 fullyLabeledReplicas=int32#2 observedGeneration=int64#3 readyReplicas=int32#4 replicas*+=int32#1
core.v1.ResourceClaim name*+=string#1 request=string#2
core.v1.ResourceFieldSelector! containerName=string#1 divisor+=quantity#3 resource*+=string#2
core.v1.ResourceHealth health=string#2 message%=string#6 resourceID*+=string#1
core.v1.ResourceQuota apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.ResourceQuotaSpec#2 status+=core.v1.ResourceQuotaStatus#3
core.v1.ResourceQuotaSpec hard={}quantity#1 scopeSelector=core.v1.ScopeSelector#3 scopes=[]string#2
core.v1.ResourceQuotaStatus hard={}quantity#1 used={}quantity#2
core.v1.ResourceRequirements claims=[name]core.v1.ResourceClaim#3 limits={}quantity#1 requests={}quantity#2
core.v1.ResourceStatus name*+=string#1 resources=[resourceID]core.v1.ResourceHealth#2
core.v1.SELinuxOptions level=string#4 role=string#2 type=string#3 user=string#1
core.v1.ScaleIOPersistentVolumeSource fsType=string#9 gateway*+=string#1 protectionDomain=string#5 readOnly=bool#10 secretRef*?=core.v1.SecretReference#3 sslEnabled=bool#4 storageMode=string#7 storagePool=string#6 system*+=string#2 volumeName=string#8
core.v1.ScaleIOVolumeSource fsType=string#9 gateway*+=string#1 protectionDomain=string#5 readOnly=bool#10 secretRef*?=core.v1.LocalObjectReference#3 sslEnabled=bool#4 storageMode=string#7 storagePool=string#6 system*+=string#2 volumeName=string#8
core.v1.ScopeSelector! matchExpressions=[]core.v1.ScopedResourceSelectorRequirement#1
core.v1.ScopedResourceSelectorRequirement operator*+=string#2 scopeName*+=string#1 values=[]string#3
core.v1.SeccompProfile localhostProfile%=string#2 type*+=string#1
core.v1.Secret apiVersion=string data={}bytes#2 immutable%=bool#5 kind=string metadata+=meta.v1.ObjectMeta#1 stringData={}string#4 type=string#3
core.v1.SecretEnvSource name=string optional%=bool#2 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.SecretKeySelector! key*+=string#2 name=string optional%=bool#3 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.SecretProjection items=[]core.v1.KeyToPath#2 name=string optional%=bool#4 <localObjectReference=core.v1.LocalObjectReference#1
core.v1.SecretReference! name=string#1 namespace=string#2
core.v1.SecretVolumeSource defaultMode%=int32#3 items=[]core.v1.KeyToPath#2 optional%=bool#4 secretName=string#1
core.v1.SecurityContext allowPrivilegeEscalation%=bool#7 appArmorProfile=core.v1.AppArmorProfile#12 capabilities=core.v1.Capabilities#1 privileged%=bool#2 procMount%=string#9 readOnlyRootFilesystem%=bool#6 runAsGroup%=int64#8 runAsNonRoot%=bool#5 runAsUser%=int64#4 seLinuxOptions=core.v1.SELinuxOptions#3 seccompProfile=core.v1.SeccompProfile#11 windowsOptions=core.v1.WindowsSecurityContextOptions#10
core.v1.Service apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=core.v1.ServiceSpec#2 status+=core.v1.ServiceStatus#3
core.v1.ServiceAccount apiVersion=string automountServiceAccountToken%=bool#4 imagePullSecrets=[]core.v1.LocalObjectReference#3 kind=string metadata+=meta.v1.ObjectMeta#1 secrets=[name]core.v1.ObjectReference~name#2
core.v1.ServiceAccountTokenProjection audience=string#1 expirationSeconds%=int64#2 path*+=string#3
core.v1.ServicePort appProtocol%=string#6 name=string#1 nodePort=int32#5 port*+=int32#3 protocol=string#2 targetPort+=intstr#4
core.v1.ServiceSpec allocateLoadBalancerNodePorts%=bool#20 clusterIP=string#3 clusterIPs=[]string#18 externalIPs=[]string#5 externalName=string#10 externalTrafficPolicy=string#11 healthCheckNodePort=int32#12 internalTrafficPolicy%=string#22 ipFamilies=[]string#19 ipFamilyPolicy%=string#17 loadBalancerClass%=string#21 loadBalancerIP=string#8 loadBalancerSourceRanges=[]string#9 ports=[port,protocol]core.v1.ServicePort~port#1 publishNotReadyAddresses=bool#13 selector={!}string#2 sessionAffinity=string#7 sessionAffinityConfig=core.v1.SessionAffinityConfig#14 trafficDistribution%=string#23 type=string#4
core.v1.ServiceStatus conditions=[type]meta.v1.Condition~type#2 loadBalancer+=core.v1.LoadBalancerStatus#1
core.v1.SessionAffinityConfig clientIP=core.v1.ClientIPConfig#1
core.v1.SleepAction seconds*+=int64#1
core.v1.StorageOSPersistentVolumeSource fsType=string#3 readOnly=bool#4 secretRef=core.v1.ObjectReference#5 volumeName=string#1 volumeNamespace=string#2
core.v1.StorageOSVolumeSource fsType=string#3 readOnly=bool#4 secretRef=core.v1.LocalObjectReference#5 volumeName=string#1 volumeNamespace=string#2
core.v1.Sysctl name*+=string#1 value*+=string#2
core.v1.TCPSocketAction host=string#2 port*+=intstr#1
core.v1.Taint effect*+=string#3 key*+=string#1 timeAdded%=time#4 value=string#2
core.v1.Toleration effect=string#4 key=string#1 operator=string#2 tolerationSeconds%=int64#5 value=string#3
core.v1.TopologySelectorLabelRequirement key*+=string#1 values*+=[]string#2
core.v1.TopologySelectorTerm! matchLabelExpressions=[]core.v1.TopologySelectorLabelRequirement#1
core.v1.TopologySpreadConstraint labelSelector=meta.v1.LabelSelector#4 matchLabelKeys=[]string#8 maxSkew*+=int32#1 minDomains%=int32#5 nodeAffinityPolicy%=string#6 nodeTaintsPolicy%=string#7 topologyKey*+=string#2 whenUnsatisfiable*+=string#3
core.v1.TypedLocalObjectReference! apiGroup?=string#1 kind*+=string#2 name*+=string#3
core.v1.TypedObjectReference apiGroup?=string#1 kind*+=string#2 name*+=string#3 namespace%=string#4
core.v1.Volume awsElasticBlockStore=core.v1.AWSElasticBlockStoreVolumeSource azureDisk=core.v1.AzureDiskVolumeSource azureFile=core.v1.AzureFileVolumeSource cephfs=core.v1.CephFSVolumeSource cinder=core.v1.CinderVolumeSource configMap=core.v1.ConfigMapVolumeSource csi=core.v1.CSIVolumeSource downwardAPI=core.v1.DownwardAPIVolumeSource emptyDir=core.v1.EmptyDirVolumeSource ephemeral=core.v1.EphemeralVolumeSource fc=core.v1.FCVolumeSource flexVolume=core.v1.FlexVolumeSource flocker=core.v1.FlockerVolumeSource gcePersistentDisk=core.v1.GCEPersistentDiskVolumeSource gitRepo=core.v1.GitRepoVolumeSource glusterfs=core.v1.GlusterfsVolumeSource hostPath=core.v1.HostPathVolumeSource image=core.v1.ImageVolumeSource iscsi=core.v1.ISCSIVolumeSource name*+=string#1 nfs=core.v1.NFSVolumeSource persistentVolumeClaim=core.v1.PersistentVolumeClaimVolumeSource photonPersistentDisk=core.v1.PhotonPersistentDiskVolumeSource portworxVolume=core.v1.PortworxVolumeSource projected=core.v1.ProjectedVolumeSource quobyte=core.v1.QuobyteVolumeSource rbd=core.v1.RBDVolumeSource scaleIO=core.v1.ScaleIOVolumeSource secret=core.v1.SecretVolumeSource storageos=core.v1.StorageOSVolumeSource vsphereVolume=core.v1.VsphereVirtualDiskVolumeSource <volumeSource=core.v1.VolumeSource#2
core.v1.VolumeDevice devicePath*+=string#2 name*+=string#1
core.v1.VolumeMount mountPath*+=string#3 mountPropagation%=string#5 name*+=string#1 readOnly=bool#2 recursiveReadOnly%=string#7 subPath=string#4 subPathExpr=string#6
core.v1.VolumeMountStatus mountPath*+=string#2 name*+=string#1 readOnly=bool#3 recursiveReadOnly%=string#4 volumeStatus=core.v1.VolumeStatus#5
core.v1.VolumeNodeAffinity required=core.v1.NodeSelector#1
core.v1.VolumeProjection clusterTrustBundle=core.v1.ClusterTrustBundleProjection#5 configMap=core.v1.ConfigMapProjection#3 downwardAPI=core.v1.DownwardAPIProjection#2 podCertificate=core.v1.PodCertificateProjection#6 secret=core.v1.SecretProjection#1 serviceAccountToken=core.v1.ServiceAccountTokenProjection#4
core.v1.VolumeResourceRequirements limits={}quantity#1 requests={}quantity#2
core.v1.VolumeSource& hostPath#1 emptyDir#2 gcePersistentDisk#3 awsElasticBlockStore#4 gitRepo#5 secret#6 nfs#7 iscsi#8 glusterfs#9 persistentVolumeClaim#10 rbd#11 flexVolume#12 cinder#13 cephfs#14 flocker#15 downwardAPI#16 fc#17 azureFile#18 configMap#19 vsphereVolume#20 quobyte#21 azureDisk#22 photonPersistentDisk#23 projected#26 portworxVolume#24 scaleIO#25 storageos#27 csi#28 ephemeral#29 image#30
core.v1.VolumeStatus image=core.v1.ImageVolumeStatus#1
core.v1.VsphereVirtualDiskVolumeSource fsType=string#2 storagePolicyID=string#4 storagePolicyName=string#3 volumePath*+=string#1
core.v1.WeightedPodAffinityTerm podAffinityTerm*+=core.v1.PodAffinityTerm#2 weight*+=int32#1
core.v1.WindowsSecurityContextOptions gmsaCredentialSpec%=string#2 gmsaCredentialSpecName%=string#1 hostProcess%=bool#4 runAsUserName%=string#3
discovery.v1.Endpoint addresses*+=[=]string#1 conditions+=discovery.v1.EndpointConditions#2 deprecatedTopology={}string#5 hints=discovery.v1.EndpointHints#8 hostname%=string#3 nodeName%=string#6 targetRef=core.v1.ObjectReference#4 zone%=string#7
discovery.v1.EndpointConditions ready%=bool#1 serving%=bool#2 terminating%=bool#3
discovery.v1.EndpointHints forNodes=[]discovery.v1.ForNode#2 forZones=[]discovery.v1.ForZone#1
discovery.v1.EndpointPort! appProtocol%=string#4 name%=string#1 port%=int32#3 protocol%=string#2
discovery.v1.EndpointSlice addressType*+=string#4 apiVersion=string endpoints+=[]discovery.v1.Endpoint#2 kind=string metadata+=meta.v1.ObjectMeta#1 ports+=[]discovery.v1.EndpointPort#3
discovery.v1.ForNode name*+=string#1
discovery.v1.ForZone name*+=string#1
events.v1.Event action=string#6 apiVersion=string deprecatedCount=int32#15 deprecatedFirstTimestamp+=time#13 deprecatedLastTimestamp+=time#14 deprecatedSource+=core.v1.EventSource#12 eventTime*+=microtime#2 kind=string metadata+=meta.v1.ObjectMeta#1 note=string#10 reason=string#7 regarding+=core.v1.ObjectReference#8 related=core.v1.ObjectReference#9 reportingController=string#4 reportingInstance=string#5 series=events.v1.EventSeries#3 type=string#11
events.v1.EventSeries count*+=int32#1 lastObservedTime*+=microtime#2
flowcontrol.v1.ExemptPriorityLevelConfiguration lendablePercent%=int32#2 nominalConcurrencyShares%=int32#1
flowcontrol.v1.FlowDistinguisherMethod type*+=string#1
flowcontrol.v1.FlowSchema apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=flowcontrol.v1.FlowSchemaSpec#2 status+=flowcontrol.v1.FlowSchemaStatus#3
flowcontrol.v1.FlowSchemaCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status=string#2 type=string#1
flowcontrol.v1.FlowSchemaSpec distinguisherMethod=flowcontrol.v1.FlowDistinguisherMethod#3 matchingPrecedence+=int32#2 priorityLevelConfiguration*+=flowcontrol.v1.PriorityLevelConfigurationReference#1 rules=[]flowcontrol.v1.PolicyRulesWithSubjects#4
flowcontrol.v1.FlowSchemaStatus conditions=[type]flowcontrol.v1.FlowSchemaCondition~type#1
flowcontrol.v1.GroupSubject name*+=string#1
flowcontrol.v1.LimitResponse queuing=flowcontrol.v1.QueuingConfiguration#2 type*+=string#1
flowcontrol.v1.LimitedPriorityLevelConfiguration borrowingLimitPercent%=int32#4 lendablePercent%=int32#3 limitResponse+=flowcontrol.v1.LimitResponse#2 nominalConcurrencyShares?=int32#1
flowcontrol.v1.NonResourcePolicyRule nonResourceURLs*+=[=]string#6 verbs*+=[=]string#1
flowcontrol.v1.PolicyRulesWithSubjects nonResourceRules=[]flowcontrol.v1.NonResourcePolicyRule#3 resourceRules=[]flowcontrol.v1.ResourcePolicyRule#2 subjects*+=[]flowcontrol.v1.Subject#1
flowcontrol.v1.PriorityLevelConfiguration apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=flowcontrol.v1.PriorityLevelConfigurationSpec#2 status+=flowcontrol.v1.PriorityLevelConfigurationStatus#3
flowcontrol.v1.PriorityLevelConfigurationCondition lastTransitionTime+=time#3 message=string#5 reason=string#4 status=string#2 type=string#1
flowcontrol.v1.PriorityLevelConfigurationReference name*+=string#1
flowcontrol.v1.PriorityLevelConfigurationSpec exempt=flowcontrol.v1.ExemptPriorityLevelConfiguration#3 limited=flowcontrol.v1.LimitedPriorityLevelConfiguration#2 type*+=string#1
flowcontrol.v1.PriorityLevelConfigurationStatus conditions=[type]flowcontrol.v1.PriorityLevelConfigurationCondition~type#1
flowcontrol.v1.QueuingConfiguration handSize+=int32#2 queueLengthLimit+=int32#3 queues+=int32#1
flowcontrol.v1.ResourcePolicyRule apiGroups*+=[=]string#2 clusterScope=bool#4 namespaces+=[=]string#5 resources*+=[=]string#3 verbs*+=[=]string#1
flowcontrol.v1.ServiceAccountSubject name*+=string#2 namespace*+=string#1
flowcontrol.v1.Subject group=flowcontrol.v1.GroupSubject#3 kind*+=string#1 serviceAccount=flowcontrol.v1.ServiceAccountSubject#4 user=flowcontrol.v1.UserSubject#2
flowcontrol.v1.UserSubject name*+=string#1
meta.v1.Condition lastTransitionTime*+=time#4 message*+=string#6 observedGeneration=int64#3 reason*+=string#5 status*+=string#2 type*+=string#1
meta.v1.DeleteOptions apiVersion=string dryRun=[]string#5 gracePeriodSeconds%=int64#1 ignoreStoreReadErrorWithClusterBreakingPotential%=bool#6 kind=string orphanDependents%=bool#3 preconditions=meta.v1.Preconditions#2 propagationPolicy%=string#4
meta.v1.FieldSelectorRequirement key*+=string#1 operator*+=string#2 values=[]string#3
meta.v1.LabelSelector! matchExpressions=[]meta.v1.LabelSelectorRequirement#2 matchLabels={}string#1
meta.v1.LabelSelectorRequirement key*+=string#1 operator*+=string#2 values=[]string#3
meta.v1.ManagedFieldsEntry apiVersion=string#3 fieldsType=string#6 fieldsV1%=fields#7 manager=string#1 operation=string#2 subresource=string#8 time%=time#4
meta.v1.ObjectMeta annotations={}string#12 creationTimestamp=time#8 deletionGracePeriodSeconds%=int64#10 deletionTimestamp%=time#9 finalizers=[=]string~#14 generateName=string#2 generation=int64#7 labels={}string#11 managedFields=[]meta.v1.ManagedFieldsEntry#17 name=string#1 namespace=string#3 ownerReferences=[uid]meta.v1.OwnerReference~uid#13 resourceVersion=string#6 selfLink=string#4 uid=string#5
meta.v1.OwnerReference! apiVersion*+=string#5 blockOwnerDeletion%=bool#7 controller%=bool#6 kind*+=string#1 name*+=string#3 uid*+=string#4
meta.v1.Preconditions resourceVersion%=string#2 uid%=string#1
networking.v1.HTTPIngressPath backend*+=networking.v1.IngressBackend#2 path=string#1 pathType*?=string#3
networking.v1.HTTPIngressRuleValue paths*+=[]networking.v1.HTTPIngressPath#1
networking.v1.IPAddress apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=networking.v1.IPAddressSpec#2
networking.v1.IPAddressSpec parentRef*=networking.v1.ParentReference#1
networking.v1.IPBlock cidr*+=string#1 except=[]string#2
networking.v1.Ingress apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.IngressSpec#2 status+=networking.v1.IngressStatus#3
networking.v1.IngressBackend resource=core.v1.TypedLocalObjectReference#3 service=networking.v1.IngressServiceBackend#4
networking.v1.IngressClass apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.IngressClassSpec#2
networking.v1.IngressClassParametersReference apiGroup%=string kind*+=string#2 name*+=string#3 namespace%=string#5 scope?=string#4
networking.v1.IngressClassSpec controller=string#1 parameters=networking.v1.IngressClassParametersReference#2
networking.v1.IngressLoadBalancerIngress hostname=string#2 ip=string#1 ports=[]networking.v1.IngressPortStatus#4
networking.v1.IngressLoadBalancerStatus ingress=[]networking.v1.IngressLoadBalancerIngress#1
networking.v1.IngressPortStatus error%=string#3 port*+=int32#1 protocol*+=string#2
networking.v1.IngressRule host=string#1 http=networking.v1.HTTPIngressRuleValue <ingressRuleValue=networking.v1.IngressRuleValue#2
networking.v1.IngressRuleValue& http#1
networking.v1.IngressServiceBackend name*+=string#1 port+=networking.v1.ServiceBackendPort#2
networking.v1.IngressSpec defaultBackend=networking.v1.IngressBackend#1 ingressClassName%=string#4 rules=[]networking.v1.IngressRule#3 tls=[]networking.v1.IngressTLS#2
networking.v1.IngressStatus loadBalancer+=networking.v1.IngressLoadBalancerStatus#1
networking.v1.IngressTLS hosts=[]string#1 secretName=string#2
networking.v1.NetworkPolicy apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.NetworkPolicySpec#2
networking.v1.NetworkPolicyEgressRule ports=[]networking.v1.NetworkPolicyPort#1 to=[]networking.v1.NetworkPolicyPeer#2
networking.v1.NetworkPolicyIngressRule from=[]networking.v1.NetworkPolicyPeer#2 ports=[]networking.v1.NetworkPolicyPort#1
networking.v1.NetworkPolicyPeer ipBlock=networking.v1.IPBlock#3 namespaceSelector=meta.v1.LabelSelector#2 podSelector=meta.v1.LabelSelector#1
networking.v1.NetworkPolicyPort endPort%=int32#3 port%=intstr#2 protocol%=string#1
networking.v1.NetworkPolicySpec egress=[]networking.v1.NetworkPolicyEgressRule#3 ingress=[]networking.v1.NetworkPolicyIngressRule#2 podSelector+=meta.v1.LabelSelector#1 policyTypes=[]string#4
networking.v1.ParentReference group=string#1 name*=string#4 namespace=string#3 resource*=string#2
networking.v1.ServiceBackendPort! name=string#1 number=int32#2
networking.v1.ServiceCIDR apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=networking.v1.ServiceCIDRSpec#2 status+=networking.v1.ServiceCIDRStatus#3
networking.v1.ServiceCIDRSpec cidrs=[]string#1
networking.v1.ServiceCIDRStatus conditions=[type]meta.v1.Condition~type#1
node.v1.Overhead podFixed={}quantity#1
node.v1.RuntimeClass apiVersion=string handler*+=string#2 kind=string metadata+=meta.v1.ObjectMeta#1 overhead=node.v1.Overhead#3 scheduling=node.v1.Scheduling#4
node.v1.Scheduling nodeSelector={!}string#1 tolerations=[]core.v1.Toleration#2
policy.v1.Eviction apiVersion=string deleteOptions=meta.v1.DeleteOptions#2 kind=string metadata+=meta.v1.ObjectMeta#1
policy.v1.PodDisruptionBudget apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec+=policy.v1.PodDisruptionBudgetSpec#2 status+=policy.v1.PodDisruptionBudgetStatus#3
policy.v1.PodDisruptionBudgetSpec maxUnavailable%=intstr#3 minAvailable%=intstr#1 selector=meta.v1.LabelSelector#2 unhealthyPodEvictionPolicy%=string#4
policy.v1.PodDisruptionBudgetStatus conditions=[type]meta.v1.Condition~type#7 currentHealthy+=int32#4 desiredHealthy+=int32#5 disruptedPods={}time#2 disruptionsAllowed+=int32#3 expectedPods+=int32#6 observedGeneration=int64#1
rbac.v1.AggregationRule clusterRoleSelectors=[]meta.v1.LabelSelector#1
rbac.v1.ClusterRole aggregationRule=rbac.v1.AggregationRule#3 apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 rules+=[]rbac.v1.PolicyRule#2
rbac.v1.ClusterRoleBinding apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 roleRef*+=rbac.v1.RoleRef#3 subjects=[]rbac.v1.Subject#2
rbac.v1.PolicyRule apiGroups=[]string#2 nonResourceURLs=[]string#5 resourceNames=[]string#4 resources=[]string#3 verbs*+=[]string#1
rbac.v1.Role apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 rules+=[]rbac.v1.PolicyRule#2
rbac.v1.RoleBinding apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 roleRef*+=rbac.v1.RoleRef#3 subjects=[]rbac.v1.Subject#2
rbac.v1.RoleRef! apiGroup+=string#1 kind*+=string#2 name*+=string#3
rbac.v1.Subject! apiGroup=string#2 kind*+=string#1 name*+=string#3 namespace=string#4
scheduling.v1.PriorityClass apiVersion=string description=string#4 globalDefault=bool#3 kind=string metadata+=meta.v1.ObjectMeta#1 preemptionPolicy%=string#5 value+=int32#2
storage.v1.CSIDriver apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=storage.v1.CSIDriverSpec#2
storage.v1.CSIDriverSpec attachRequired%=bool#1 fsGroupPolicy%=string#5 nodeAllocatableUpdatePeriodSeconds%=int64#9 podInfoOnMount%=bool#2 preventPodSchedulingIfMissing%=bool#11 requiresRepublish%=bool#7 seLinuxMount%=bool#8 serviceAccountTokenInSecrets%=bool#10 storageCapacity%=bool#4 tokenRequests=[]storage.v1.TokenRequest#6 volumeLifecycleModes=[=]string#3
storage.v1.CSINode apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=storage.v1.CSINodeSpec#2
storage.v1.CSINodeDriver allocatable=storage.v1.VolumeNodeResources#4 name*+=string#1 nodeID*+=string#2 topologyKeys+=[]string#3
storage.v1.CSINodeSpec drivers*+=[name]storage.v1.CSINodeDriver~name#1
storage.v1.CSIStorageCapacity apiVersion=string capacity%=quantity#4 kind=string maximumVolumeSize%=quantity#5 metadata+=meta.v1.ObjectMeta#1 nodeTopology=meta.v1.LabelSelector#2 storageClassName*+=string#3
storage.v1.StorageClass allowVolumeExpansion%=bool#6 allowedTopologies=[]core.v1.TopologySelectorTerm#8 apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 mountOptions=[]string#5 parameters={}string#3 provisioner*+=string#2 reclaimPolicy%=string#4 volumeBindingMode%=string#7
storage.v1.TokenRequest audience*+=string#1 expirationSeconds%=int64#2
storage.v1.VolumeAttachment apiVersion=string kind=string metadata+=meta.v1.ObjectMeta#1 spec*+=storage.v1.VolumeAttachmentSpec#2 status+=storage.v1.VolumeAttachmentStatus#3
storage.v1.VolumeAttachmentSource inlineVolumeSpec=core.v1.PersistentVolumeSpec#2 persistentVolumeName%=string#1
storage.v1.VolumeAttachmentSpec attacher*+=string#1 nodeName*+=string#3 source*+=storage.v1.VolumeAttachmentSource#2
storage.v1.VolumeAttachmentStatus attachError=storage.v1.VolumeError#3 attached*+=bool#1 attachmentMetadata={}string#2 detachError=storage.v1.VolumeError#4
storage.v1.VolumeAttributesClass apiVersion=string driverName*+=string#2 kind=string metadata+=meta.v1.ObjectMeta#1 parameters={}string#3
storage.v1.VolumeError errorCode%=int32#3 message=string#2 time+=time#1
storage.v1.VolumeNodeResources count%=int32#1
`
