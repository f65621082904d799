import { render } from 'preact';
import './styles/page.css';

const place = document.getElementById('app');
if (place) render(<h1>Poolkeeper</h1>, place);
