export type { TypedArray } from "./bytes/arrayTypes.ts";
export { crc32 } from "./bytes/crc32.ts";
export { tensorsFromBytes, tensorsToBytes, type TensorFile } from "./bytes/safetensors.ts";
export type {
  Advice,
  AdviceStatus,
  Outlook,
  Remedy,
  RemedyName,
  RemedySettings,
} from "./doctor/advice/remedies/advice.ts";
export { advise, type AdviceOptions } from "./doctor/advice/advise.ts";
export type { BatchForecast, NeverPositive, SizeForecast } from "./doctor/forecast/batchForecast.ts";
export { classCounts, type ClassCounts, type ClassCountsLike, type LabelCounts } from "./doctor/labels/classCounts.ts";
export { effectiveNumberWeights } from "./doctor/labels/effectiveNumbers.ts";
export type { Figure, Quantiles, Spread } from "./doctor/forecast/figure.ts";
export {
  forecastBatches,
  samplerNames,
  type ForecastOptions,
  type SamplerName,
} from "./doctor/forecast/forecastBatches.ts";
export { labelFaults, type LabelFault, type LabelFaultName } from "./doctor/labels/labelFaults.ts";
export {
  labelRangeSensitivity,
  type MeanAndSpread,
  type SensitivityOptions,
  type SensitivityRow,
} from "./doctor/forecast/labelRangeSensitivity.ts";
export { LossMonitor, type LossMonitorOptions, type ObservedStep } from "./doctor/watch/lossMonitor.ts";
export type { TrainingParts } from "./doctor/watch/partsInUse.ts";
export type { Finding, FindingName } from "./doctor/watch/finding.ts";
export { BatchedDistance, type BatchVisitor } from "./distances/batchedDistance.ts";
export { CosineSimilarity } from "./distances/cosineSimilarity.ts";
export {
  Distance,
  type DistanceGradients,
  type DistanceOptions,
  type ComparisonOptions,
} from "./distances/distance.ts";
export { DotProductSimilarity } from "./distances/dotProductSimilarity.ts";
export { LpDistance } from "./distances/lpDistance.ts";
export { SNRDistance } from "./distances/snrDistance.ts";
export {
  AccuracyCalculator,
  type AccuracyInput,
  type AccuracyOptions,
  type AccuracyResult,
  type MetricValues,
  type ClassAccuracy,
} from "./evaluation/accuracy/accuracyCalculator.ts";
export type { ConfusedQuery, Confusion } from "./evaluation/accuracy/confusions.ts";
export type { BootstrapOptions, Interval } from "./evaluation/accuracy/averages.ts";
export { adjustedMutualInformation, normalizedMutualInformation } from "./evaluation/clustering/clusteringScores.ts";
export { communityDetection, type CommunityDetectionOptions } from "./evaluation/clustering/communityDetection.ts";
export {
  acrossSimilarities,
  type AcrossSimilaritiesOptions,
  type SimilarityJudgements,
} from "./evaluation/evaluators/acrossSimilarities.ts";
export { embeddedEvaluation, type EmbeddedEvaluationOptions } from "./evaluation/evaluators/embeddedEvaluation.ts";
export { evaluateMse, type EvaluateMseOptions } from "./evaluation/evaluators/evaluateMse.ts";
export { evaluatePairs, type LabelledPairsToEvaluate, type PairMetric } from "./evaluation/evaluators/evaluatePairs.ts";
export {
  evaluateParaphrases,
  type EvaluateParaphrasesOptions,
  type ParaphraseMetric,
  type ParaphrasesInput,
} from "./evaluation/evaluators/evaluateParaphrases.ts";
export {
  evaluateReranking,
  type EvaluateRerankingOptions,
  type RerankingInput,
  type RerankingJudgement,
  type RerankingMetric,
  type RerankingSample,
} from "./evaluation/evaluators/evaluateReranking.ts";
export {
  evaluateRetrieval,
  type EvaluateRetrievalOptions,
  type RetrievalInput,
  type RetrievalJudgement,
  type RetrievalMetric,
} from "./evaluation/evaluators/evaluateRetrieval.ts";
export { evaluateSimilarity, type ScoredPairs } from "./evaluation/evaluators/evaluateSimilarity.ts";
export { evaluateTranslation, type TranslationMetric } from "./evaluation/evaluators/evaluateTranslation.ts";
export {
  evaluateTriplets,
  type EvaluateTripletsOptions,
  type TripletsToEvaluate,
} from "./evaluation/evaluators/evaluateTriplets.ts";
export { inSequence } from "./evaluation/evaluators/inSequence.ts";
export { named, type EvaluatorOptions, type Judgement } from "./evaluation/evaluators/judgement.ts";
export type { Id, RelevantDocuments, RelevantOfQuery } from "./evaluation/evaluators/relevantDocuments.ts";
export type { Embedder } from "./evaluation/inference/embedder.ts";
export { calibrateThreshold, type Calibration, type CalibrationTarget } from "./evaluation/inference/calibration.ts";
export {
  EmbeddingIndex,
  type EmbeddingIndexOptions,
  type RecallQuestion,
} from "./evaluation/inference/embeddingIndex.ts";
export {
  InferenceModel,
  type InferenceOptions,
  type LabelledNeighbours,
} from "./evaluation/inference/inferenceModel.ts";
export { MatchFinder, type MatchFinderOptions, type Matches } from "./evaluation/inference/matchFinder.ts";
export type { RowStorage } from "./evaluation/inference/rowStore.ts";
export { kMeans, type Clustering, type KMeansOptions } from "./evaluation/clustering/kMeans.ts";
export type { MetricName } from "./evaluation/accuracy/metricNames.ts";
export type { RowPairs } from "./evaluation/mining/bestPairs.ts";
export {
  hardNegativeTuples,
  type HardNegativeFormat,
  type HardNegativeTuple,
} from "./evaluation/mining/hardNegativeTuples.ts";
export { mineHardNegatives, type HardNegatives, type MeasuredRows } from "./evaluation/mining/mineHardNegatives.ts";
export type { HardNegativeInput } from "./evaluation/mining/miningSet.ts";
export type { HardNegativeOptions } from "./evaluation/mining/negativeRules.ts";
export { paraphraseMining, type ParaphraseMiningOptions } from "./evaluation/mining/paraphraseMining.ts";
export {
  nearestNeighbours,
  type Neighbours,
  type NearestNeighboursOptions,
} from "./evaluation/neighbours/nearestNeighbours.ts";
export {
  measureRecall,
  type NeighbourIndex,
  type NeighbourIndexBuilder,
} from "./evaluation/neighbours/neighbourIndex.ts";
export type { RowSource } from "./evaluation/neighbours/rowReader.ts";
export { semanticSearch, type SearchHit, type SemanticSearchOptions } from "./evaluation/neighbours/semanticSearch.ts";
export { principalComponents, type PrincipalComponents } from "./evaluation/projection/pca.ts";
export type { Similarity } from "./evaluation/similarity/similarity.ts";
export {
  BaseTester,
  type Comparison,
  type EmbeddedSplit,
  type LevelResult,
  type Picture,
  type Split,
  type SplitResult,
  type SplitToEvaluate,
  type TesterOptions,
  type TestInput,
  type TestResults,
} from "./evaluation/testers/baseTester.ts";
export { GlobalEmbeddingSpaceTester } from "./evaluation/testers/globalEmbeddingSpaceTester.ts";
export {
  GlobalTwoStreamEmbeddingSpaceTester,
  type TwoStreamSplit,
} from "./evaluation/testers/globalTwoStreamEmbeddingSpaceTester.ts";
export { WithSameParentLabelTester } from "./evaluation/testers/withSameParentLabelTester.ts";
export {
  verification,
  type OperatingPoint,
  type VerificationInput,
  type VerificationOptions,
  type VerificationResult,
} from "./evaluation/verification/verification.ts";
export { KernelsError } from "./kernels/kernelsError.ts";
export { setThreads, threadCount, type Threads } from "./kernels/threads.ts";
export { AnglELoss, type AnglEEvaluateOptions, type AnglELossOptions } from "./losses/views/anglELoss.ts";
export { AngularLoss, type AngularLossOptions } from "./losses/triplets/angularLoss.ts";
export { ArcFaceLoss, type ArcFaceLossOptions } from "./losses/classes/arcFaceLoss.ts";
export type { BatchNeeds, BatchReport, BatchStatus, WhenSilent } from "./batch/batchReport.ts";
export { CircleLoss, type CircleLossOptions } from "./losses/pairs/circleLoss.ts";
export { ClassificationLoss, classNeeds, classTakes } from "./losses/classes/classificationLoss.ts";
export {
  classificationOptions,
  type ClassificationLossOptions,
  type ClassificationOptionRecord,
} from "./losses/classes/classificationOptions.ts";
export { normalColumns, type ClassVectorShape } from "./losses/logits/classVectors.ts";
export { PlainLogits, type LogitRows, type Margin } from "./losses/logits/logitRows.ts";
export { ColumnSoftmaxLoss } from "./losses/classes/columnSoftmaxLoss.ts";
export { ContrastiveLoss, type ContrastiveLossOptions } from "./losses/pairs/contrastiveLoss.ts";
export { ContrastiveTensionLoss, type ContrastiveTensionLossOptions } from "./losses/views/contrastiveTensionLoss.ts";
export { CosFaceLoss, type CosFaceLossOptions } from "./losses/classes/cosFaceLoss.ts";
export { CosineSimilarityLoss, type CosineSimilarityLossOptions } from "./losses/views/cosineSimilarityLoss.ts";
export { CoSENTLoss, type CoSENTLossOptions } from "./losses/views/coSentLoss.ts";
export {
  CrossBatchMemory,
  type CrossBatchMemoryOptions,
  type MemoryOptions,
} from "./losses/around/crossBatchMemory.ts";
export {
  DistillKLLoss,
  type DistillKLEvaluateOptions,
  type DistillKLLossOptions,
} from "./losses/teachers/distillKLLoss.ts";
export { DynamicSoftMarginLoss, type DynamicSoftMarginLossOptions } from "./losses/triplets/dynamicSoftMarginLoss.ts";
export {
  EmbeddingDistillLoss,
  type EmbeddingDistillEvaluateOptions,
  type EmbeddingDistillLossOptions,
} from "./losses/teachers/embeddingDistillLoss.ts";
export { FastAPLoss, type FastAPLossOptions } from "./losses/pairs/fastAPLoss.ts";
export {
  GeneralizedLiftedStructureLoss,
  type GeneralizedLiftedStructureLossOptions,
} from "./losses/pairs/generalizedLiftedStructureLoss.ts";
export { GenericPairLoss, type GenericPairLossOptions, type PairItem } from "./losses/pairs/genericPairLoss.ts";
export { GISTLoss, type GISTEvaluateOptions, type GISTLossOptions } from "./losses/views/gistLoss.ts";
export {
  GlobalOrthogonalRegularizationLoss,
  type GlobalOrthogonalRegularizationEvaluateOptions,
  type GlobalOrthogonalRegularizationLossOptions,
} from "./losses/views/globalOrthogonalRegularizationLoss.ts";
export type { GradedEvaluateOptions, GradedLossOptions } from "./losses/views/gradedLoss.ts";
export { HistogramLoss, type HistogramLossOptions } from "./losses/pairs/histogramLoss.ts";
export { InstanceLoss, type InstanceLossOptions } from "./losses/pairs/instanceLoss.ts";
export { IntraPairVarianceLoss, type IntraPairVarianceLossOptions } from "./losses/pairs/intraPairVarianceLoss.ts";
export { LargeMarginSoftmaxLoss, type LargeMarginSoftmaxLossOptions } from "./losses/classes/largeMarginSoftmaxLoss.ts";
export { LiftedStructureLoss, type LiftedStructureLossOptions } from "./losses/pairs/liftedStructureLoss.ts";
export type { Evaluation, Gradients, Loss, LossState } from "./losses/core/loss.ts";
export {
  describeLoss,
  type ExampleShape,
  type LossDescription,
  type LossFamily,
} from "./losses/core/lossDescription.ts";
export {
  comparingOptions,
  reducedOptions,
  regularizedOptions,
  type MetricLossOptions,
  type ComparingOptionRecord,
  type ReducedOptionRecord,
  type RegularizedOptionRecord,
  type LossOptionRecord,
} from "./losses/core/lossOptions.ts";
export { ComparingLoss } from "./losses/core/comparingLoss.ts";
export { PairLoss, pairTakes } from "./losses/pairs/pairLoss.ts";
export type { Batch } from "./batch/batch.ts";
export type { AnchorRow } from "./batch/anchorRow.ts";
export { withAnchorRows, type AnchorRows, type TupleMeaning } from "./batch/anchorRows.ts";
export { prepareBatch, type PreparedBatch, type PrepareOptions, type RowOrder } from "./batch/preparedBatch.ts";
export type {
  AnyColumns,
  ColumnsOf,
  EvaluateOptions,
  GuideColumns,
  LabelsOf,
  MetaClassColumn,
  NegativeColumns,
  Takes,
  TeacherColumns,
  TeacherScoreColumns,
} from "./batch/takes.ts";
export { describedClasses, type DescribedClass, type Description } from "./options/described.ts";
export { extendOptions } from "./options/extendOptions.ts";
export { choice, flag, number, object, option, wholeNumber } from "./options/kinds.ts";
export type { Option, OptionArguments, OptionRecord, OptionsGiven, OptionValues } from "./options/option.ts";
export { ManifoldLoss, type ManifoldEvaluateOptions, type ManifoldLossOptions } from "./losses/classes/manifoldLoss.ts";
export { MarginLoss, type MarginLossOptions } from "./losses/triplets/marginLoss.ts";
export {
  MarginMSELoss,
  type MarginMSEEvaluateOptions,
  type MarginMSELossOptions,
} from "./losses/teachers/marginMSELoss.ts";
export { MatryoshkaLoss, type MatryoshkaLossOptions } from "./losses/around/matryoshkaLoss.ts";
export { MegaBatchMarginLoss, type MegaBatchMarginLossOptions } from "./losses/views/megaBatchMarginLoss.ts";
export { MetricLoss, type Computed } from "./losses/core/metricLoss.ts";
export {
  MultipleLosses,
  type ForEachLoss,
  type MultipleEvaluation,
  type MultipleLossesOptions,
} from "./losses/around/multipleLosses.ts";
export {
  MultipleNegativesRankingLoss,
  type MultipleNegativesRankingLossOptions,
  type RankingDirection,
} from "./losses/views/multipleNegativesRankingLoss.ts";
export { MultiSimilarityLoss, type MultiSimilarityLossOptions } from "./losses/pairs/multiSimilarityLoss.ts";
export { NormalizedSoftmaxLoss, type NormalizedSoftmaxLossOptions } from "./losses/classes/normalizedSoftmaxLoss.ts";
export { NPairsLoss, type NPairsLossOptions } from "./losses/triplets/nPairsLoss.ts";
export { NCALoss, type NCALossOptions } from "./losses/pairs/ncaLoss.ts";
export { NTXentLoss, type NTXentLossOptions } from "./losses/pairs/ntXentLoss.ts";
export { OnlineContrastiveLoss, type OnlineContrastiveLossOptions } from "./losses/views/onlineContrastiveLoss.ts";
export { P2SGradLoss, type P2SGradLossOptions } from "./losses/classes/p2sGradLoss.ts";
export {
  PairClassificationLoss,
  type PairClassificationEvaluateOptions,
  type PairClassificationLossOptions,
} from "./losses/views/pairClassificationLoss.ts";
export { PNPLoss, type PNPLossOptions, type PNPVariant } from "./losses/pairs/pnpLoss.ts";
export { ProxyAnchorLoss, type ProxyAnchorLossOptions } from "./losses/classes/proxyAnchorLoss.ts";
export { ProxyNCALoss, type ProxyNCALossOptions } from "./losses/classes/proxyNCALoss.ts";
export { RankedListLoss, type RankedListLossOptions } from "./losses/pairs/rankedListLoss.ts";
export { SelfSupervisedLoss, type SelfSupervisedLossOptions } from "./losses/around/selfSupervisedLoss.ts";
export { SigLIPLoss, type SigLIPLossOptions } from "./losses/views/sigLipLoss.ts";
export {
  SignalToNoiseRatioContrastiveLoss,
  type SignalToNoiseRatioContrastiveLossOptions,
} from "./losses/pairs/signalToNoiseRatioContrastiveLoss.ts";
export { SoftmaxLoss } from "./losses/classes/softmaxLoss.ts";
export { softmaxOptions, type SoftmaxLossOptions, type SoftmaxOptionRecord } from "./losses/classes/softmaxOptions.ts";
export { SoftTripleLoss, type SoftTripleLossOptions } from "./losses/classes/softTripleLoss.ts";
export { SphereFaceLoss, type SphereFaceLossOptions } from "./losses/classes/sphereFaceLoss.ts";
export {
  SubCenterArcFaceLoss,
  type Outliers,
  type SubCenterArcFaceLossOptions,
} from "./losses/classes/subCenterArcFaceLoss.ts";
export { SupConLoss, type SupConLossOptions } from "./losses/pairs/supConLoss.ts";
export {
  ThresholdConsistentMarginLoss,
  type ThresholdConsistentMarginLossOptions,
} from "./losses/pairs/thresholdConsistentMarginLoss.ts";
export { TripletMarginLoss, type TripletMarginLossOptions } from "./losses/triplets/tripletMarginLoss.ts";
export { TripletLoss, tripletOptions, tripletTakes, type TripletOptionRecord } from "./losses/triplets/tripletLoss.ts";
export { hinge, softHinge, type TripletItem } from "./losses/counting/tripletItems.ts";
export { TupletMarginLoss, type TupletMarginLossOptions } from "./losses/pairs/tupletMarginLoss.ts";
export { VICRegLoss, type VICRegLossOptions } from "./losses/views/vicRegLoss.ts";
export { countClasses, encodeLabels, type EncodedLabels, type Label, type Labels } from "./matrix/labels.ts";
export { rowView, takeRows, toMatrix, zeros, type Matrix, type MatrixLike, type RowLike } from "./matrix/matrix.ts";
export { Random } from "./matrix/random.ts";
export type { AngularFigures } from "./miners/search/angleFigures.ts";
export { AngularMiner, type AngularMinerOptions } from "./miners/angularMiner.ts";
export { BatchEasyHardMiner, type BatchEasyHardMinerOptions } from "./miners/batchEasyHardMiner.ts";
export { BatchHardMiner, type BatchHardMinerOptions } from "./miners/batchHardMiner.ts";
export type { Found, Others, Range, Wanted } from "./batch/others.ts";
export {
  DistanceWeightedMiner,
  type DistanceWeightedMinerOptions,
  type NegativeDistribution,
} from "./miners/distanceWeightedMiner.ts";
export type { PairStrategy } from "./miners/search/easyHardSearch.ts";
export type { EasyHardFigures } from "./miners/search/easyHardStatistics.ts";
export { EmbeddingsAlreadyPackagedAsTriplets } from "./miners/embeddingsAlreadyPackagedAsTriplets.ts";
export { HDCMiner, type HDCMinerOptions } from "./miners/hdcMiner.ts";
export type { MineOptions, Miner } from "./miners/miner.ts";
export { MultiSimilarityMiner, type MultiSimilarityMinerOptions } from "./miners/multiSimilarityMiner.ts";
export { PairMarginMiner, type PairMarginFigures, type PairMarginMinerOptions } from "./miners/pairMarginMiner.ts";
export { SemiHardMiner, type SemiHardMinerOptions } from "./miners/semiHardMiner.ts";
export {
  TripletMarginMiner,
  type TripletMarginFigures,
  type TripletMarginMinerOptions,
  type TypeOfTriplets,
} from "./miners/tripletMarginMiner.ts";
export { describeMiner, type MinerDescription } from "./miners/minerDescription.ts";
export {
  comparingMinerOptions,
  minerOptions,
  type MinerOptions,
  type ChoosingMinerOptionRecord,
  type ComparingMinerOptionRecord,
  type MinerOptionRecord,
} from "./miners/minerOptions.ts";
export { TupleMiner, type Mined, type TupleCounts } from "./miners/tupleMiner.ts";
export {
  UniformHistogramMiner,
  type PairHistogram,
  type UniformHistogramMinerOptions,
} from "./miners/uniformHistogramMiner.ts";
export { AvgNonZeroReducer } from "./reducers/avgNonZeroReducer.ts";
export { ClassWeightedReducer, type ClassWeights } from "./reducers/classWeightedReducer.ts";
export { DivisorReducer } from "./reducers/divisorReducer.ts";
export { DoNothingReducer } from "./reducers/doNothingReducer.ts";
export { MeanReducer } from "./reducers/meanReducer.ts";
export { MultipleReducers, type MultipleReducersOptions } from "./reducers/multipleReducers.ts";
export { PerAnchorReducer } from "./reducers/perAnchorReducer.ts";
export type { ItemKind, Reducer, ReductionContext } from "./reducers/reducer.ts";
export { Reduction, type Counting, type Counts, type ItemPlace, type Reduced } from "./reducers/reduction.ts";
export type { SubLoss } from "./reducers/subLoss.ts";
export { SumReducer } from "./reducers/sumReducer.ts";
export { ThresholdReducer, type ThresholdReducerOptions } from "./reducers/thresholdReducer.ts";
export {
  CenterInvariantRegularizer,
  type CenterInvariantRegularizerOptions,
} from "./regularizers/centerInvariantRegularizer.ts";
export { LpRegularizer, type LpRegularizerOptions } from "./regularizers/lpRegularizer.ts";
export {
  ReducedRegularizer,
  regularizerOptions,
  type RegularizerOptions,
  type RegularizerOptionRecord,
} from "./regularizers/reducedRegularizer.ts";
export { describeRegularizer, type RegularizerDescription } from "./regularizers/regularizerDescription.ts";
export { RegularFaceRegularizer, type RegularFaceRegularizerOptions } from "./regularizers/regularFaceRegularizer.ts";
export type { Penalty, Regularizer } from "./regularizers/regularizer.ts";
export {
  SparseCentersRegularizer,
  type SparseCentersRegularizerOptions,
} from "./regularizers/sparseCentersRegularizer.ts";
export { ZeroMeanRegularizer } from "./regularizers/zeroMeanRegularizer.ts";
export type { BatchSampler, SamplerState } from "./samplers/batchSampler.ts";
export { describeSampler, type SamplerColumn, type SamplerDescription } from "./samplers/samplerDescription.ts";
export {
  cutSamplerOptions,
  samplerOptions,
  type CutSamplerOptionRecord,
  type SamplerOptionRecord,
  cutDrawingOptions,
  type CutDrawingOptionRecord,
  drawingOptions,
  type DrawingOptionRecord,
} from "./samplers/samplerOptions.ts";
export { ClassBalancedSampler, type ClassBalancedSamplerOptions } from "./samplers/classBalancedSampler.ts";
export { FixedSetOfTriplets, type FixedSetOfTripletsOptions } from "./samplers/fixedSetOfTriplets.ts";
export { GroupByLabelSampler, type GroupByLabelSamplerOptions } from "./samplers/groupByLabelSampler.ts";
export { HierarchicalSampler, type HierarchicalSamplerOptions } from "./samplers/hierarchicalSampler.ts";
export { MPerClassSampler, type MPerClassSamplerOptions, type Scarce } from "./samplers/mPerClassSampler.ts";
export { NoDuplicatesSampler, type NoDuplicatesSamplerOptions } from "./samplers/noDuplicatesSampler.ts";
export { PlannedSampler, type EpochPlan } from "./samplers/plannedSampler.ts";
export { ProportionalSampler, type ProportionalSamplerOptions } from "./samplers/proportionalSampler.ts";
export { RoundRobinSampler, type RoundRobinSamplerOptions } from "./samplers/roundRobinSampler.ts";
export type { SampledDataset } from "./samplers/datasetsSampler.ts";
export {
  TuplesToWeightsSampler,
  type TupleSource,
  type TuplesToWeightsSamplerOptions,
} from "./samplers/tuplesToWeightsSampler.ts";
export { UniformBatchSampler, type UniformBatchSamplerOptions } from "./samplers/uniformBatchSampler.ts";
export {
  keptCount,
  keptFlag,
  keptFloats,
  keptMatrix,
  keptNumber,
  keptNumbers,
  keptPart,
  keptRandom,
  keptRecord,
  keptValue,
  type Place,
} from "./state/entries.ts";
export type { Keeper, Loading } from "./state/loading.ts";
export { stateFromBytes, stateToBytes } from "./state/stateBytes.ts";
export type { State, StateValue } from "./state/state.ts";
export { prepareState, saveState, type StateEntry, type StateRecord } from "./state/stateRecord.ts";
export type { Activation } from "./training/activation.ts";
export { Adam, type AdamOptions } from "./training/adam.ts";
export { AdamW, type AdamWOptions } from "./training/adamW.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./training/earlyStopping.ts";
export {
  cached,
  type CachedLoss,
  type CachedOptions,
  type EmbeddedInputs,
  type EmbeddingModel,
  type OtherColumns,
} from "./training/cached.ts";
export { embedInBatches } from "./training/embedInBatches.ts";
export { NotFiniteError, type FaultPlace, type FaultyBatch } from "./training/faultyBatch.ts";
export { faultyBatchToBytes } from "./training/faultyBatchBytes.ts";
export { liveShare, type History } from "./training/history.ts";
export { JsonLinesLog } from "./training/logging/jsonLinesLog.ts";
export type { LogOptions } from "./training/logging/logOptions.ts";
export { TensorBoardLog } from "./training/logging/tensorBoardLog.ts";
export { MlpModel, type MlpOptions, type MlpShape, type SavedMlp } from "./training/mlpModel.ts";
export type { Model } from "./training/model.ts";
export { MomentumEncoder, type MomentumEncoderOptions } from "./training/momentumEncoder.ts";
export type { MovingRules } from "./training/mover.ts";
export type { Optimizer } from "./training/optimizer.ts";
export { constantSchedule, type ConstantScheduleOptions } from "./training/schedules/constantSchedule.ts";
export { cosineSchedule } from "./training/schedules/cosineSchedule.ts";
export type { FallingScheduleOptions } from "./training/schedules/falling.ts";
export { linearSchedule } from "./training/schedules/linearSchedule.ts";
export type { Schedule } from "./training/schedules/schedule.ts";
export { warmUp } from "./training/schedules/warmUp.ts";
export { RunRecord } from "./training/runRecord.ts";
export { SGD, type SGDOptions } from "./training/sgd.ts";
export type { Stage } from "./training/stage.ts";
export type { StateDict } from "./training/stateDict.ts";
export { Trainer, type RunOptions, type Span, type TrainerOptions } from "./training/trainer.ts";
export { CascadedEmbeddings, type CascadedEmbeddingsOptions } from "./training/trainers/cascadedEmbeddings.ts";
export { ComposedModel, type EmbeddingModels } from "./training/trainers/composedModel.ts";
export type { ComposedTrainerOptions } from "./training/trainers/composedTrainer.ts";
export {
  DeepAdversarialMetricLearning,
  type DeepAdversarialMetricLearningOptions,
} from "./training/trainers/deepAdversarialMetricLearning.ts";
export { MetricLossOnly, type MetricLossOnlyOptions } from "./training/trainers/metricLossOnly.ts";
export type { PartsOptions } from "./training/trainers/trainerParts.ts";
export { TrainWithClassifier, type TrainWithClassifierOptions } from "./training/trainers/trainWithClassifier.ts";
export {
  TwoStreamMetricLoss,
  type TwoStreamData,
  type TwoStreamMetricLossOptions,
} from "./training/trainers/twoStreamMetricLoss.ts";
export type { TrainerState } from "./training/trainerState.ts";
export { evaluateRows, type ColumnsLesson } from "./training/rows/rowReading.ts";
export type { Column, Rows } from "./training/rows/rows.ts";
export { TwoTowers, type Towers } from "./training/twoTowers.ts";
export type { TrainingData } from "./training/trainingData.ts";
export type {
  EpochEvent,
  EvaluationEvent,
  Metrics,
  StepEvent,
  StopReason,
  TrainingControl,
  TrainingHook,
  TrainingResult,
} from "./training/trainingHook.ts";
export type { Clipping } from "./training/weights/clipping.ts";
export { ExponentialAverage, type ExponentialAverageOptions } from "./training/weights/exponentialAverage.ts";
export type { Freeze, FrozenNames } from "./training/weights/freezing.ts";
export { MeanAverage, type MeanAverageOptions } from "./training/weights/meanAverage.ts";
export type { NamedMatrices } from "./training/weights/namedMatrices.ts";
export { WeightAverage } from "./training/weights/weightAverage.ts";
export { withWeights } from "./training/withWeights.ts";
export { allPairs } from "./tuples/allPairs.ts";
export { allTriplets } from "./tuples/allTriplets.ts";
export { PairList, TripletList } from "./tuples/indexList.ts";
export { joinTuples } from "./tuples/joinTuples.ts";
export { positivePairsWithUniqueLabels, type PositivePairs } from "./tuples/positivePairsWithUniqueLabels.ts";
export { randomTriplets, type RandomTripletsOptions } from "./tuples/randomTriplets.ts";
export { removeSelfComparisons, type SharedSamples } from "./tuples/removeSelfComparisons.ts";
export { toPairs } from "./tuples/toPairs.ts";
export { toTriplets, type ToTripletsOptions } from "./tuples/toTriplets.ts";
export { toWeights, type ToWeightsOptions } from "./tuples/toWeights.ts";
export { isTriplets, type Pairs, type Triplets, type Tuples } from "./tuples/tuples.ts";
export {
  classSpectrum,
  whitening,
  type ClassSpectrum,
  type WhiteningOptions,
} from "./evaluation/projection/classSpectrum.ts";
export {
  stretched,
  type StretchOptions,
  whitenedComponents,
  type WhitenedComponents,
} from "./evaluation/projection/whitenedComponents.ts";
export { discriminants } from "./evaluation/projection/discriminants.ts";
export { applyMap, identityMap, type LinearMap } from "./evaluation/projection/linearMap.ts";
export { principalSubspace, type SubspaceOptions } from "./evaluation/projection/principalSubspace.ts";
export { usualLosses } from "./training/search/candidates.ts";
export type { MapRecipe } from "./training/search/closedForms.ts";
export { queryScores, scoreMetrics, type Estimate, type Gain, type QueryScores } from "./training/search/goodness.ts";
export type { HeadModel, HeadRecipe, LossRecipe } from "./training/search/headRecipe.ts";
export type { CandidateResult, SearchProgress } from "./training/search/headSearch.ts";
export { holdOutParts, type HeldBy, type HeldParts, type HoldOutOptions } from "./training/search/heldParts.ts";
export { suitableLosses, type SuitableLosses } from "./training/search/suitableLosses.ts";
export type { SearchPlan } from "./training/search/searchPlan.ts";
export type { SavedContestant, SearchSnapshot } from "./training/search/searchSnapshot.ts";
export {
  trainHead,
  type HeadResult,
  type HeadRows,
  type JudgedQueries,
  type SearchFigures,
  type TrainHeadOptions,
} from "./training/search/trainHead.ts";
export {
  ProjectionHead,
  type LearningPart,
  type ProjectionHeadOptions,
  type SavedProjection,
} from "./training/heads/projectionHead.ts";
