import type { components } from "./schema";

/** The service's own words, as its OpenAPI document publishes them. */
type Schemas = components["schemas"];

export type Act = Schemas["ActView"];
export type Account = Schemas["MeView"];
export type Alert = Schemas["AlertView"];
export type Assistance = Schemas["AssistanceView"];
export type AppConfig = Schemas["AppConfig"];
export type Available = Schemas["AvailabilityView"];
export type Benefits = Schemas["Benefits"];
export type Booking = Schemas["BookingView"];
export type BookedVehicle = Schemas["BookedVehicle"];
export type Card = Schemas["CardView"];
export type ChildRide = Schemas["ChildRide"];
export type City = Schemas["CityDetail"];
export type Command = Schemas["CommandView"];
export type CrewMember = Schemas["CrewMember"];
export type Damage = Schemas["DamageView"];
export type DamageKind = Damage["kind"];
export type DamageSeverity = Damage["severity"];
export type DeskBooking = Schemas["DeskBookingView"];
export type Driver = Schemas["DriverView"];
export type Eligibility = Schemas["Eligibility"];
export type FleetEvent = Schemas["VehicleEventView"];
export type FleetState = FleetVehicle["state"];
export type FleetVehicle = Schemas["FleetVehicle"];
export type FoundCode = Schemas["CodeView"];
export type Guardianship = Schemas["GuardianshipView"];
export type Hold = Schemas["HoldView"];
export type Isochrones = Schemas["Isochrones"];
export type Located = Schemas["LocatedView"];
export type LicenceCategory = Schemas["LicenceCategory"];
export type Line = Schemas["BillLine"];
export type Money = Schemas["Money"];
export type Licence = Schemas["LicenceView"];
export type Person = Schemas["AccountView"];
export type MyRide =
  | Schemas["NoRide"]
  | Schemas["HeldRide"]
  | Schemas["UnlockingRide"]
  | Schemas["RidingRide"]
  | Schemas["PausedRide"];
export type Move = Schemas["MoveView"];
export type Names = Record<string, string>;
export type NearbyVehicle = Schemas["NearbyVehicle"];
export type Pass = Schemas["PassView"];
export type PassPlan = Schemas["PassPlanView"];
export type Payment = Schemas["PaymentView"];
export type Authorisation = Schemas["AuthorisationView"];
export type Position = Schemas["LonLat"];
export type Propagation = Schemas["PropagationView"];
export type Promotion = Schemas["PromotionView"];
export type PromotionOrder = Schemas["PromotionRequest"];
export type Quote = Schemas["QuoteView"];
export type Receipt = Schemas["ReceiptView"];
export type Rental = Schemas["RentalView"];
export type RentalList = Schemas["RentalList"];
export type Sighting = Schemas["SightingView"];
export type StoryEntry = Schemas["EntryView"];
export type Station = Schemas["StationDetail"];
export type Task = Schemas["TaskView"];
export type TaskOrder = Schemas["TaskOrder"];
export type Today = Schemas["Today"];
export type ChangeBand = Schemas["ChangeBand"];
export type NamedPlan = Schemas["NamedPlan"];
export type Tariff = Schemas["TariffInForce"];
export type TariffDraft = Schemas["DraftView"];
export type TariffPreview = Schemas["PreviewView"];
export type TariffVersion = Schemas["VersionView"];
export type VehicleType = Schemas["VehicleType"];
export type VoucherBatch = Schemas["VoucherBatch"];
export type WorkOrder = Schemas["WorkOrderView"];
export type CrewShift = Schemas["ShiftView"];
export type CrewStep = Schemas["StepSaid"];
export type NightReport = Schemas["NightReportView"];
export type NightSummary = Schemas["NightView"];
export type ReportLine = Schemas["NightReportLine"];
export type NightDetail = Schemas["NightDetail"];
export type NightPlan = Schemas["PlanView"];
export type NightTask = Schemas["PlannedTask"];
export type NightTaskState = Schemas["TaskState"];
export type PlanDetail = Schemas["PlanDetail"];
export type PlanDocument = Schemas["PlanDocument"];
export type RestrictionWish = Schemas["RestrictionWish"];
export type StepTaken = Schemas["StepTaken"];
