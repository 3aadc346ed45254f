import "leaflet/dist/leaflet.css";
import "./style/room.css";
import "./style/map.css";
import "./style/cards.css";
import "./style/alerts.css";
import "./style/events.css";
import "./style/dialogs.css";
import "./style/planner.css";
import "./style/briefing.css";
import "./style/fleet.css";
import "./style/traffic.css";
import "./style/transport.css";
import { CommandRoom } from "./command_room";
import { offerInspection } from "./inspection";
import { startLanguage } from "./words/language";

startLanguage();
const root = document.getElementById("room");
if (root) offerInspection(new CommandRoom(root));
