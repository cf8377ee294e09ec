// What the compiler must take and refuse. Each line below an expected error is one.
import {
  AnglELoss,
  ArcFaceLoss,
  CircleLoss,
  CoSENTLoss,
  CosineSimilarity,
  GISTLoss,
  InstanceLoss,
  LpDistance,
  ManifoldLoss,
  RankedListLoss,
  SupConLoss,
  VICRegLoss,
  type Loss,
  type SupConLossOptions,
  type TripletMarginLossOptions,
} from "kindred";

const rows = [[1, 0]];

// options are what may be given: any of them, and those without a default must be
export const given: SupConLossOptions = { temperature: 0.1 };
export const none: TripletMarginLossOptions = {};
export const required = [
  new RankedListLoss({ margin: 0.4, Tn: 10 }),
  new ArcFaceLoss({ numClasses: 2, embeddingSize: 2 }),
];
export const supCon = new SupConLoss();
// @ts-expect-error an option that nobody has
new SupConLoss({ temprature: 0.1 });
// @ts-expect-error a number
new SupConLoss({ temperature: "0.1" });
// @ts-expect-error numClasses is required
new ArcFaceLoss({ embeddingSize: 2 });
// @ts-expect-error options are required
new RankedListLoss();

// a loss that refuses a distance has no such option
export const cosine = new CircleLoss({ distance: new CosineSimilarity() });
// @ts-expect-error cosine alone
new CircleLoss({ distance: new LpDistance() });
// @ts-expect-error it compares no pairs
new VICRegLoss({ distance: new CosineSimilarity() });
// @ts-expect-error it has a similarity of its own
new AnglELoss({ distance: new CosineSimilarity() });

// what an option has come to
export const temperature: number = supCon.options.temperature;
export const margin: number = required[0].options.margin;

// evaluate takes what the loss takes
export const loss: Loss = supCon;
new SupConLoss().evaluate(rows, ["a"], { reference: rows, referenceLabels: ["a"] });
new SupConLoss().evaluate(rows, null, { tuples: { anchors1: [], positives: [], anchors2: [], negatives: [] } });
new CoSENTLoss().evaluate(rows, [0.5], { reference: rows });
new GISTLoss().evaluate(rows, null, { reference: rows, guideEmbeddings: rows, guideReference: rows });
new ManifoldLoss({ l: 2 }).evaluate(rows, null, { metaClasses: [0] });
// @ts-expect-error scores need a reference
new CoSENTLoss().evaluate(rows, [0.5]);
// @ts-expect-error scores are numbers
new CoSENTLoss().evaluate(rows, ["a"], { reference: rows });
// @ts-expect-error a guide is required
new GISTLoss().evaluate(rows, null, { reference: rows });
// @ts-expect-error it takes no labels
new VICRegLoss().evaluate(rows, ["a"]);
// @ts-expect-error it takes no reference
new InstanceLoss().evaluate(rows, ["a"], { reference: rows });
// @ts-expect-error it takes no guide
new SupConLoss().evaluate(rows, ["a"], { guideEmbeddings: rows });
