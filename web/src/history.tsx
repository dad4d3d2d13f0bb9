/** `/d/{id}/history`: what the document was. */
import "./styles/pages/history.css";
